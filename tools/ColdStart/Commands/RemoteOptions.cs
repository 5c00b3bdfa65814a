using System.CommandLine;
using ServerlessScale.ColdStart.Remote;
using ServerlessScale.Measurement;

namespace ServerlessScale.ColdStart.Commands;

/// <summary>
/// The options that are shared by all commands for running apps. They specify the app's address and how to make the app cold.
/// </summary>
internal sealed class RemoteOptions
{
    private const string KeyVariable = "FUNCTIONS_MASTER_KEY";

    private readonly Argument<Uri> _address = new("address")
    {
        Description = "The app's address, such as https://func-shop.azurewebsites.net.",
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
        Description = "The path of the requests. The responses must have the headers X-Instance-Id and X-Cold-Start, which all functions in this "
            + "repository send.",
        DefaultValueFactory = _ => "api/health/live",
    };

    private readonly Option<int> _idle = NumberOption.Create(
        "--idle", "The time in seconds to wait before each attempt. It must be long enough for the app to scale to zero.", 900, 0, 86_400);

    private readonly Option<bool> _restart = new("--restart")
    {
        Description = "Restarts the app through its admin API instead of waiting. "
            + $"The {KeyVariable} environment variable must contain the app's master key.",
    };

    public void AddTo(Command command)
    {
        command.Arguments.Add(_address);
        command.Options.Add(_path);
        command.Options.Add(_idle);
        command.Options.Add(_restart);
    }

    public HttpClient Client(ParseResult parsed) => new() { BaseAddress = parsed.GetRequiredValue(_address), Timeout = TimeSpan.FromMinutes(5) };

    public RemoteApp App(ParseResult parsed, HttpClient client) => new(client, parsed.GetRequiredValue(_path).TrimStart('/'));

    /// <returns>A function that makes the app cold. It restarts the app, or waits for the app to scale to zero.</returns>
    /// <exception cref="CommandException">
    /// The <c>--restart</c> option is set, but the environment variable for the master key is not.
    /// </exception>
    public Func<CancellationToken, Task> MakeCold(ParseResult parsed, RemoteApp app)
    {
        if (!parsed.GetValue(_restart))
        {
            var idle = TimeSpan.FromSeconds(parsed.GetValue(_idle));
            return cancellationToken =>
            {
                Console.Error.WriteLine($"Waiting {idle.TotalSeconds:0} s for the app to scale to zero.");
                return Task.Delay(idle, cancellationToken);
            };
        }

        var key = Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } value
            ? value
            : throw new CommandException($"Set the {KeyVariable} environment variable to the app's master key.");
        return cancellationToken => app.RestartAsync(key, cancellationToken);
    }
}
