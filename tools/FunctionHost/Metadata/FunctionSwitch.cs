namespace ServerlessScale.FunctionHost.Metadata;

/// <summary>
/// The <c>AzureWebJobs.NAME.Disabled</c> app setting, which disables a function
/// (learn.microsoft.com/azure/azure-functions/disable-function).
/// </summary>
public static class FunctionSwitch
{
    /// <summary>Returns whether a function is disabled.</summary>
    /// <param name="function">The name of the function.</param>
    /// <param name="setting">Returns the value of the app setting with the given name, or null if the setting is missing.</param>
    public static bool IsOff(string function, Func<string, string?> setting) =>
        (setting(SettingOf(function)) ?? setting($"AzureWebJobs__{function}__Disabled"))
        ?.Trim().Equals("true", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>Returns the name of the app setting that disables a function if the value is <c>true</c>.</summary>
    public static string SettingOf(string function) => $"AzureWebJobs.{function}.Disabled";
}
