using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Settings;

namespace ServerlessScale.Local.Commands;

/// <summary>The function app's settings for a run.</summary>
internal static class AppSettings
{
    /// <summary>local.settings.json, made from the sample when missing, with the data folder's signing key.</summary>
    /// <exception cref="LocalCloudException">The file cannot be read.</exception>
    public static Dictionary<string, string> Load(RunOptions run, DevelopmentTokens tokens)
    {
        if (LocalSettings.CreateWhenMissing(run.Repository, tokens.SigningKey))
        {
            Console.Error.WriteLine($"Made {LocalSettings.FileName} from {LocalSettings.SampleFileName}.");
        }
        var settings = new Dictionary<string, string>(LocalSettings.Read(Path.Combine(run.Repository, LocalSettings.FileName)))
        {
            // The file has the key of the data folder that it was made with; tokens are signed with this one's.
            [DevelopmentTokens.KeySetting] = tokens.SigningKey,
        };
        if (run.AllowPrivateWebhooks)
        {
            settings[LocalCloud.AllowPrivateWebhooksSetting] = "true";
        }

        return settings;
    }
}
