using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ServerlessScale.Measurement;
using ServerlessScale.SmokeTest.Checks;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Commands;

/// <summary>The command line of <c>dotnet run --project tools/SmokeTest --</c>.</summary>
internal static class CommandLine
{
    /// <summary>The exit code for arguments that are not valid.</summary>
    public const int InvalidArguments = 2;

    /// <summary>The environment variable for the token. Other users of a machine can read command lines, but not environment variables.</summary>
    public const string TokenVariable = "SHOP_TOKEN";

    public static RootCommand Root(TextWriter output)
    {
        var url = new Option<Uri>("--url")
        {
            Description = "The public address of the shop, such as https://shop.example.com. Only this machine may be tested over plain HTTP.",
            HelpName = "URL",
            Required = true,
            CustomParser = result => Address(result, "--url"),
        };
        var token = new Option<string>("--token")
        {
            Description = $"A token with all scopes in docs/operations.md. [default: the environment variable {TokenVariable}]",
            HelpName = "JWT",
        };
        var port = new Option<int?>("--receiver-port")
        {
            Description = "The port on which to receive webhooks. 0 selects a free port.",
            HelpName = "N",
            CustomParser = result =>
            {
                if (int.TryParse(result.Tokens.Single().Value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number <= ushort.MaxValue)
                {
                    return number;
                }

                result.AddError($"--receiver-port must be a number from 0 to {ushort.MaxValue}.");
                return null;
            },
        };
        var publicReceiver = new Option<Uri?>("--public-receiver-url")
        {
            Description = "The HTTPS URL that a tunnel or a reverse proxy forwards to the receiver. The shop in Azure sends webhooks only to public URLs.",
            HelpName = "URL",
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address) && address.Scheme == Uri.UriSchemeHttps)
                {
                    return address;
                }

                result.AddError("--public-receiver-url must begin with https://.");
                return null;
            },
        };
        var origins = new Option<Uri[]>("--origin-url")
        {
            Description = "The direct address of an app, such as https://func-shop.azurewebsites.net, which must refuse requests. Repeat the option for several apps.",
            HelpName = "URL",
            CustomParser = result => [.. result.Tokens.Select(given => Address(given.Value, "--origin-url", result.AddError))],
        };
        var purge = new Option<string?>("--purge-command")
        {
            Description = "A program with its arguments, separated by spaces, that removes a path from the edge's cache. The path is appended.",
            HelpName = "COMMAND",
        };
        var limit = NumberOption.Create("--limit", "The time limit in seconds of a request, and of the wait for an image or a webhook.", 120, 1, 3_600);
        var json = new Option<bool>("--json") { Description = "Prints the report as JSON." };

        var root = new RootCommand(
            "Tests a shop after a deployment: health, upload, cache, order, webhook, purge and locked origins. Deletes what it has created. "
            + "The exit code is 0 if no check failed, 1 if a check failed, and 2 for invalid arguments.")
        {
            url, token, port, publicReceiver, origins, purge, limit, json,
        };
        root.Validators.Add(result =>
        {
            if (TokenProblem(result.GetValue(token) ?? FromEnvironment()) is { } problem)
            {
                result.AddError(problem);
            }

            if (result.GetResult(publicReceiver) is not null && result.GetResult(port) is null)
            {
                result.AddError("--public-receiver-url needs --receiver-port, the port that the URL is forwarded to.");
            }
        });
        root.SetAction(async (parsed, cancellationToken) =>
        {
            var options = new SmokeTestOptions
            {
                Url = parsed.GetRequiredValue(url),
                Token = parsed.GetValue(token) ?? FromEnvironment()!,
                ReceiverPort = parsed.GetValue(port),
                PublicReceiverUrl = parsed.GetValue(publicReceiver),
                OriginUrls = parsed.GetValue(origins) ?? [],
                PurgeCommand = parsed.GetValue(purge)?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 0 } command ? command : null,
                Limit = TimeSpan.FromSeconds(parsed.GetValue(limit)),
            };
            var checks = await SmokeTestRun.RunAsync(options, Console.Error.WriteLine, TimeProvider.System, cancellationToken);
            var report = Report.Of(options.Url, checks);
            if (parsed.GetValue(json))
            {
                report.WriteJson(output);
            }
            else
            {
                report.WriteTable(output);
            }

            return report.Passed ? 0 : 1;
        });
        return root;
    }

    private static string? FromEnvironment() => Environment.GetEnvironmentVariable(TokenVariable) is { Length: > 0 } value ? value : null;

    /// <returns>Why the token cannot be used; null if it has the form of a JWT. The message does not contain the token.</returns>
    private static string? TokenProblem(string? token) =>
        token is null ? $"Specify a token with --token, or in the environment variable {TokenVariable}."
        : token.Split('.') is { Length: 3 } parts && parts.All(part => part.Length > 0 && part.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_'))
            ? null
            : "The token is not a JWT, which has three parts of base64url, separated by dots.";

    private static Uri Address(ArgumentResult result, string option) =>
        Address(result.Tokens.Single().Value, option, result.AddError);

    /// <summary>Parses the address of an app. The token must not be sent over plain HTTP, except on this machine.</summary>
    private static Uri Address(string text, string option, Action<string> addError)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address)
            && (address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback))
            && address is { PathAndQuery: "/", Fragment: "", UserInfo: "" })
        {
            return address;
        }

        addError($"{option} must be https:// and a host, or http:// and this machine, without a path: '{text}'.");
        return null!;
    }
}
