using ServerlessScale.FunctionHost.Metadata;

namespace ServerlessScale.Local.Topologies;

/// <summary>One app of a topology.</summary>
/// <param name="Name">Its instances' names begin with it.</param>
/// <param name="Paths">Path patterns of which this app has the requests; <c>/*</c> is what no other app has.</param>
/// <param name="Disabled">The functions that do not run in it.</param>
public sealed record AppPlan(string Name, IReadOnlyList<string> Paths, IReadOnlyList<string> Disabled)
{
    /// <summary>The settings that all apps have, and those that switch the others' functions off.</summary>
    public IReadOnlyDictionary<string, string> SettingsFrom(IReadOnlyDictionary<string, string> shared)
    {
        var settings = new Dictionary<string, string>(shared, StringComparer.Ordinal);
        foreach (var function in Disabled)
        {
            settings[FunctionSwitch.SettingOf(function)] = "true";
        }

        return settings;
    }
}
