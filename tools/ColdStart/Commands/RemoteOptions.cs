using System.CommandLine;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.Local;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>What the modes for running apps share: where the app is, and how it is made cold.</summary>
internal sealed class RemoteOptions
{
    private const string KeyVariable = "FUNCTIONS_MASTER_KEY";

    private readonly Argument<Uri> _address = new("address")
    {
        Description = "The app's address, e.g. https://func-shop.azurewebsites.net.",
        CustomParser = result =>
        {
            if (Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) && address.Scheme is "http" or "https")
            {
                return new Uri(address.AbsoluteUri.TrimEnd('/') + '/');
            }

            result.AddError("The address must begin with http:// or https://.");
            return null!;
        },
    };

    private readonly Option<string> _path = new("--path")
    {
        Description = "What is asked for; it must carry X-Instance-Id and X-Cold-Start, as all functions of this repository do.",
        DefaultValueFactory = _ => "api/health/live",
    };

    private readonly Option<int> _idle = new("--idle")
    {
        Description = "Seconds without requests before each try, for the app to scale to zero.",
        HelpName = "SECONDS",
        DefaultValueFactory = _ => 900,
    };

    private readonly Option<bool> _restart = new("--restart")
    {
        Description = $"Restarts the app by its admin API instead of idling; the environment variable {KeyVariable} holds its master key.",
    };

    public void AddTo(Command command)
    {
        _idle.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 86_400)
            {
                result.AddError("--idle must be from 0 to 86400.");
            }
        });
        command.Arguments.Add(_address);
        command.Options.Add(_path);
        command.Options.Add(_idle);
        command.Options.Add(_restart);
    }

    public HttpClient Client(ParseResult parsed) => new() { BaseAddress = parsed.GetRequiredValue(_address), Timeout = TimeSpan.FromMinutes(5) };

    public RemoteApp App(ParseResult parsed, HttpClient client) => new(client, parsed.GetRequiredValue(_path).TrimStart('/'));

    /// <exception cref="LocalCloudException">It is to be restarted, and there is no key.</exception>
    public Func<CancellationToken, Task> MakeCold(ParseResult parsed, RemoteApp app)
    {
        if (!parsed.GetValue(_restart))
        {
            var idle = TimeSpan.FromSeconds(parsed.GetValue(_idle));
            return cancellationToken => Task.Delay(idle, cancellationToken);
        }

        var key = Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } value
            ? value
            : throw new LocalCloudException($"Set the environment variable {KeyVariable} to the app's master key.");
        return cancellationToken => app.RestartAsync(key, cancellationToken);
    }
}
