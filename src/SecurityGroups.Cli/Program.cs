Console.WriteLine("secgroups");
