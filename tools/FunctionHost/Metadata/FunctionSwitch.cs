namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>The app setting <c>AzureWebJobs.NAME.Disabled</c>, which disables a single function (learn.microsoft.com/azure/azure-functions/disable-function).</summary>
public static class FunctionSwitch
{
    /// <summary>Whether a function is disabled.</summary>
    /// <param name="function">The function's name.</param>
    /// <param name="setting">Returns an app setting's value for its name, or null when the setting is missing.</param>
    public static bool IsOff(string function, Func<string, string?> setting) =>
        (setting(SettingOf(function)) ?? setting($"AzureWebJobs__{function}__Disabled"))
        ?.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>The name of the setting that disables a function when its value is <c>true</c>.</summary>
    public static string SettingOf(string function) => $"AzureWebJobs.{function}.Disabled";
}
