return await SecurityGroups.Cli.Tool.RunAsync(args, SecurityGroups.Cli.ToolConsole.System());
