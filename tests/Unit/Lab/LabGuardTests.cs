using System.Net;
using Microsoft.AspNetCore.Http;
using ServerlessScale.Local.Lab.Http;

namespace ServerlessScale.Tests.Unit.Lab;

public sealed class LabGuardTests
{
    private const string Token = "0123456789abcdef";

    private readonly LabGuard _guard = new(Token);

    [Theory]
    [InlineData("127.0.0.1:7071", "http://127.0.0.1:7071")]
    [InlineData("localhost:7071", "http://localhost:7071")]
    [InlineData("[::1]:7071", "http://[::1]:7071")]
    [InlineData("127.0.0.1:7071", null)]
    public void The_own_page_and_scripts_with_the_token_are_allowed(string host, string? origin) =>
        Assert.Null(_guard.Refuse(Request(host, origin)));

    [Theory]
    [InlineData("http://evil.example")]
    [InlineData("http://127.0.0.1:8000")]
    [InlineData("https://127.0.0.1:7071")]
    [InlineData("null")]
    public void A_page_of_another_origin_gets_403(string origin)
    {
        var refusal = _guard.Refuse(Request("127.0.0.1:7071", origin));

        Assert.Equal((403, "lab-origin-refused", "Origin"), (refusal?.Status, refusal?.Code, refusal?.Pointer));
    }

    [Theory]
    [InlineData("cross-site")]
    [InlineData("same-site")]
    public void A_request_of_another_site_without_Origin_gets_403(string site)
    {
        var context = Request("127.0.0.1:7071", origin: null);
        context.Request.Headers["Sec-Fetch-Site"] = site;

        Assert.Equal((403, "lab-origin-refused"), (_guard.Refuse(context)?.Status, _guard.Refuse(context)?.Code));
    }

    // DNS rebinding: a name of the attacker points to this machine, so that the browser considers the request as one of the same origin.
    [Theory]
    [InlineData("rebound.example:7071")]
    [InlineData("127.0.0.1.evil.example")]
    [InlineData("192.168.0.10:7071")]
    [InlineData("")]
    public void Another_host_name_gets_403(string host)
    {
        var refusal = _guard.Refuse(Request(host, $"http://{host}"));

        Assert.Equal((403, "lab-host-refused", "Host"), (refusal?.Status, refusal?.Code, refusal?.Pointer));
    }

    [Fact]
    public void Another_machine_gets_403()
    {
        var context = Request("127.0.0.1:7071", origin: null);
        context.Connection.RemoteIpAddress = IPAddress.Parse("192.168.0.10");

        Assert.Equal((403, "lab-not-local"), (_guard.Refuse(context)?.Status, _guard.Refuse(context)?.Code));
    }

    [Theory]
    [InlineData("")]
    [InlineData("Bearer")]
    [InlineData("Bearer fedcba9876543210")]
    [InlineData($"Basic {Token}")]
    public void A_missing_or_wrong_token_gets_401(string authorization)
    {
        var context = Request("127.0.0.1:7071", origin: null);
        context.Request.Headers.Authorization = authorization;

        Assert.Equal((401, "lab-token-missing"), (_guard.Refuse(context)?.Status, _guard.Refuse(context)?.Code));
    }

    private static DefaultHttpContext Request(string host, string? origin)
    {
        var context = new DefaultHttpContext();
        context.Connection.RemoteIpAddress = IPAddress.Loopback;
        context.Request.Scheme = "http";
        context.Request.Host = new(host);
        context.Request.Headers.Authorization = $"Bearer {Token}";
        if (origin is not null)
        {
            context.Request.Headers.Origin = origin;
        }

        return context;
    }
}
