using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using SecurityGroups.Benchmarks.Race;

// "race": figures for compare.sh, which runs this program and the peers in turn. Anything else is for BenchmarkDotNet.
if (args is ["race", .. var words])
{
    return RaceCommand.Run(words);
}

// A job named on the command line (--job dry) replaces the short run instead of joining it.
ManualConfig config = ManualConfig.Create(DefaultConfig.Instance).WithOptions(ConfigOptions.JoinSummary);
bool namesJob = args.Contains("--job") || args.Contains("-j");
BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args, namesJob ? config : config.AddJob(Job.ShortRun));
return 0;
