using System.CommandLine;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>The option that says how often each app is started.</summary>
internal static class Runs
{
    private const int Most = 1_000;

    public static Option<int> Option() => new("--runs")
    {
        Description = "Cold starts of each published app.",
        HelpName = "N",
        DefaultValueFactory = _ => 15,
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<int>() is < 1 or > Most)
                {
                    result.AddError($"--runs must be from 1 to {Most}.");
                }
            },
        },
    };
}
