using ServerlessScale.Measurement;
using ServerlessScale.SmokeTest.Commands;

namespace ServerlessScale.Tests.Unit.SmokeTest;

public sealed class CommandLineTests
{
    private const string Jwt = "--token eyJ.e30.c2ln";
    private const string Url = "--url https://shop.example.com";
    private const string NoHost = "--url must be https:// and a host, or http:// and this machine, without a path";

    [Theory]
    [InlineData(Jwt, "Option '--url' is required.")]
    [InlineData("--url shop.example.com " + Jwt, NoHost)]
    [InlineData("--url http://shop.example.com " + Jwt, NoHost)]
    [InlineData("--url ftp://shop.example.com " + Jwt, NoHost)]
    [InlineData("--url https://shop.example.com/api " + Jwt, NoHost)]
    [InlineData("--url https://me:secret@shop.example.com " + Jwt, NoHost)]
    [InlineData(Url, "Specify a token with --token, or in the environment variable SHOP_TOKEN.")]
    [InlineData(Url + " --token secret", "The token is not a JWT")]
    [InlineData(Url + " --token a..c", "The token is not a JWT")]
    [InlineData(Url + " " + Jwt + " --receiver-port 65536", "--receiver-port must be a number from 0 to 65535.")]
    [InlineData(Url + " " + Jwt + " --receiver-port -1", "--receiver-port must be a number from 0 to 65535.")]
    [InlineData(Url + " " + Jwt + " --public-receiver-url https://t.example.com", "--public-receiver-url needs --receiver-port")]
    [InlineData(Url + " " + Jwt + " --receiver-port 9000 --public-receiver-url http://t.example.com", "--public-receiver-url must begin with https://.")]
    [InlineData(Url + " " + Jwt + " --origin-url func-shop", "--origin-url must be https:// and a host")]
    [InlineData(Url + " " + Jwt + " --limit 0", "--limit must be a whole number from 1 to 3600.")]
    [InlineData(Url + " " + Jwt + " --verbose", "Unrecognized command or argument '--verbose'.")]
    public void The_error_for_invalid_arguments_states_the_reason(string arguments, string reason)
    {
        var errors = CommandLine.Root(TextWriter.Null).Parse(arguments).Errors;

        Assert.Contains(errors, error => error.Message.StartsWith(reason, StringComparison.Ordinal));
        Assert.DoesNotContain(errors, error => error.Message.Contains("token secret", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(Url + " " + Jwt)]
    [InlineData("--url http://127.0.0.1:7071 --json " + Jwt)]
    [InlineData("--url http://localhost:7071/ --receiver-port 0 --limit 30 " + Jwt)]
    [InlineData(Url + " --receiver-port 9000 --public-receiver-url https://t.example.com/hook --origin-url https://a.example.com --origin-url https://b.example.com " + Jwt)]
    public void The_command_requires_only_an_address_and_a_token(string arguments) =>
        Assert.Empty(CommandLine.Root(TextWriter.Null).Parse(arguments).Errors);

    [Theory]
    [InlineData("--url")]
    [InlineData("--url", "https://shop.example.com", "--token", "secret")]
    public async Task Invalid_arguments_have_the_exit_code_2(params string[] arguments) =>
        Assert.Equal(2, await CommandRun.InvokeAsync(CommandLine.Root(TextWriter.Null), arguments, CommandLine.InvalidArguments));
}
