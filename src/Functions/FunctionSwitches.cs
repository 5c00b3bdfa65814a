using System.Reflection;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;

namespace ServerlessScale.Functions;

/// <summary>
/// Reads the settings that disable functions. If a topology has several apps, every app contains all functions and disables the functions
/// that belong to other apps.
/// </summary>
internal static class FunctionSwitches
{
    public static bool IsDisabled(IConfiguration settings, string function) =>
        (settings[$"AzureWebJobs.{function}.Disabled"] ?? settings[$"AzureWebJobs:{function}:Disabled"]) is { } value
        && (value.Trim() == "1" || value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns whether this app runs at least one function of the classes.</summary>
    public static bool AnyIsEnabled(IConfiguration settings, params ReadOnlySpan<Type> classes)
    {
        foreach (var type in classes)
        {
            foreach (var method in type.GetMethods())
            {
                if (method.GetCustomAttribute<FunctionAttribute>() is { } function && !IsDisabled(settings, function.Name))
                {
                    return true;
                }
            }
        }

        return false;
    }
}
