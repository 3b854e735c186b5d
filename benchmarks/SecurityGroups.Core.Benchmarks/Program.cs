using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;

// A job named on the command line (--job dry) replaces the short run instead of joining it.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).WithOptions(ConfigOptions.JoinSummary);
bool namesJob = args.Contains("--job") || args.Contains("-j");
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, namesJob ? config : config.AddJob(Job.ShortRun));
