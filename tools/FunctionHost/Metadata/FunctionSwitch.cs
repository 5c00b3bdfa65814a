namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>Azure's switch for a single function: the setting <c>AzureWebJobs.NAME.Disabled</c> (learn.microsoft.com/azure/azure-functions/disable-function).</summary>
public static class FunctionSwitch
{
    /// <param name="function">Its name.</param>
    /// <param name="setting">An app setting's value by its name; null where there is none.</param>
    public static bool IsOff(string function, Func<string, string?> setting) =>
        (setting(SettingOf(function)) ?? setting($"AzureWebJobs__{function}__Disabled"))
        ?.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The setting that switches a function off by the value <c>true</c>.</summary>
    public static string SettingOf(string function) => $"AzureWebJobs.{function}.Disabled";
}
