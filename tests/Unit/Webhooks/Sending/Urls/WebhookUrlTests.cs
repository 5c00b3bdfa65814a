using ServerlessScale.Shared.Problems;
using ServerlessScale.Shared.Webhooks.Sending.Urls;

namespace ServerlessScale.Tests.Unit.Webhooks.Sending.Urls;

public sealed class WebhookUrlTests
{
    private static readonly WebhookUrlOptions Production = new();

    private static readonly WebhookUrlOptions Development = new() { AllowPrivateNetworks = true };

    [Theory]
    [InlineData("https://example.com")]
    [InlineData("https://example.com/")]
    [InlineData("HTTPS://Example.COM/Webhooks?a=b%20c&d")]
    [InlineData("https://example.com:443/hook")]
    [InlineData("https://example.com:8443/hook")]
    [InlineData("https://hooks.xn--bcher-kva.example.org/")]
    [InlineData("https://1.1.1.1/hook")]
    [InlineData("https://[2606:4700:4700::1111]/hook")]
    [InlineData("https://example.com/path/@name")]
    [InlineData("https://123.example.com/")]
    public void An_https_URL_of_a_public_host_is_accepted(string url)
    {
        Assert.True(WebhookUrl.Check(url, Production).Succeeded(out var uri, out _));
        Assert.Equal(new Uri(url), uri);
    }

    [Theory]
    [InlineData(null, "not-absolute")]
    [InlineData("", "not-absolute")]
    [InlineData("example.com/hook", "not-absolute")]
    [InlineData("//example.com/hook", "not-absolute")]
    [InlineData("/hook", "not-absolute")]
    [InlineData("https:example.com", "not-absolute")]
    [InlineData("file:///etc/passwd", "malformed")]
    [InlineData("https://", "malformed")]
    [InlineData("https:///hook", "malformed")]
    [InlineData("https://example.com:99999/", "malformed")]
    [InlineData("https://example..com/", "malformed")]
    [InlineData("https://%31%32%37.0.0.1/", "malformed")]
    [InlineData("https://[::1/", "malformed")]
    [InlineData("http://example.com/hook", "not-https")]
    [InlineData("ftp://example.com/hook", "not-https")]
    [InlineData("gopher://example.com/hook", "not-https")]
    [InlineData("ws://example.com/hook", "not-https")]
    [InlineData("https://user:password@example.com/", "credentials")]
    [InlineData("https://user@example.com/", "credentials")]
    [InlineData("https://@example.com/", "credentials")]
    [InlineData("https://example.com@127.0.0.1/", "credentials")]
    [InlineData("https://example.com/#part", "fragment")]
    [InlineData("https://example.com/#", "fragment")]
    [InlineData("https://example.com/a b", "unencoded-character")]
    [InlineData(" https://example.com/", "unencoded-character")]
    [InlineData("https://example.com\\@127.0.0.1/", "unencoded-character")]
    [InlineData("https://example.com/\r\nHost: x", "unencoded-character")]
    [InlineData("https://bücher.example.org/", "unencoded-character")]
    [InlineData("https://１２７.０.０.１/", "unencoded-character")]
    [InlineData("https://127。0。0。1/", "unencoded-character")]
    [InlineData("https://ⓛocalhost/", "unencoded-character")]
    [InlineData("https://example.com:0/", "port")]
    [InlineData("https://example.com:22/", "port")]
    [InlineData("https://example.com:25/", "port")]
    [InlineData("https://example.com:80/", "port")]
    public void A_URL_that_is_malformed_or_not_https_is_rejected(string? url, string reason) => Assert.Equal(reason, Reason(url));

    [Theory]
    [InlineData("https://127.0.0.1/", "special-address")]
    [InlineData("https://0.0.0.0/", "special-address")]
    [InlineData("https://10.1.2.3/", "special-address")]
    [InlineData("https://169.254.169.254/latest/meta-data/", "special-address")]
    [InlineData("https://168.63.129.16/", "special-address")]
    [InlineData("https://255.255.255.255/", "special-address")]
    [InlineData("https://[::]/", "special-address")]
    [InlineData("https://[::1]/", "special-address")]
    [InlineData("https://[0:0:0:0:0:0:0:1]/", "special-address")]
    [InlineData("https://[::ffff:127.0.0.1]/", "special-address")]
    [InlineData("https://[::ffff:7f00:1]/", "special-address")]
    [InlineData("https://[::127.0.0.1]/", "special-address")]
    [InlineData("https://[64:ff9b::127.0.0.1]/", "special-address")]
    [InlineData("https://[64:ff9b::8.8.8.8]/", "special-address")]
    [InlineData("https://[2002:7f00:1::]/", "special-address")]
    [InlineData("https://[2001:0:4136:e378:8000:63bf:3fff:fdd2]/", "special-address")]
    [InlineData("https://[fd00:ec2::254]/", "special-address")]
    [InlineData("https://[fe80::1%25eth0]/", "zone-id")]
    [InlineData("https://[fe80::1%eth0]/", "zone-id")]
    [InlineData("https://[2606:4700:4700::1111%251]/", "zone-id")]
    [InlineData("https://2130706433/", "unusual-address")]
    [InlineData("https://0x7f000001/", "unusual-address")]
    [InlineData("https://017700000001/", "unusual-address")]
    [InlineData("https://0x7f.0.0.1/", "unusual-address")]
    [InlineData("https://0177.0.0.1/", "unusual-address")]
    [InlineData("https://127.1/", "unusual-address")]
    [InlineData("https://127.0.1/", "unusual-address")]
    [InlineData("https://127.0.0.01/", "unusual-address")]
    [InlineData("https://0/", "unusual-address")]
    [InlineData("https://134744072/", "unusual-address")] // 8.8.8.8 is public, but its decimal form is not accepted
    [InlineData("https://127.0.0.1./", "trailing-dot")]
    [InlineData("https://256.1.1.1/", "unusual-address")]
    [InlineData("https://1.2.3.4.5/", "unusual-address")]
    [InlineData("https://example.0x7f/", "unusual-address")]
    [InlineData("https://example.0x/", "unusual-address")]
    public void A_private_or_unusual_address_is_rejected(string url, string reason) => Assert.Equal(reason, Reason(url));

    [Theory]
    [InlineData("https://localhost/", "private-name")]
    [InlineData("https://LOCALHOST:8443/", "private-name")]
    [InlineData("https://localhost./", "trailing-dot")]
    [InlineData("https://example.com./", "trailing-dot")]
    [InlineData("https://api.localhost/", "private-name")]
    [InlineData("https://printer.local/", "private-name")]
    [InlineData("https://metadata.google.internal/", "private-name")]
    [InlineData("https://router.home.arpa/", "private-name")]
    [InlineData("https://1.0.0.127.in-addr.arpa/", "private-name")]
    [InlineData("https://db.corp/", "private-name")]
    [InlineData("https://hidden.onion/", "private-name")]
    [InlineData("https://redis/", "single-label")]
    [InlineData("https://com/", "single-label")]
    [InlineData("https://a_b.example.com/", "invalid-host-name")]
    [InlineData("https://-a.example.com/", "invalid-host-name")]
    [InlineData("https://a-.example.com/", "invalid-host-name")]
    public void A_host_name_outside_the_public_DNS_is_rejected(string url, string reason) => Assert.Equal(reason, Reason(url));

    [Fact]
    public void A_webhook_URL_has_at_most_2048_characters()
    {
        const string Start = "https://example.com/";

        Assert.True(WebhookUrl.Check(Start + new string('a', 2048 - Start.Length), Production).Succeeded(out _, out _));
        Assert.Equal("too-long", Reason(Start + new string('a', 2049 - Start.Length)));
    }

    [Fact]
    public void A_host_name_label_has_at_most_63_characters()
    {
        Assert.True(WebhookUrl.Check($"https://{new string('a', 63)}.example.com/", Production).Succeeded(out _, out _));
        Assert.False(WebhookUrl.Check($"https://{new string('a', 64)}.example.com/", Production).Succeeded(out _, out _));
    }

    [Theory]
    [InlineData("http://127.0.0.1:5000/hook")]
    [InlineData("http://localhost:80/")]
    [InlineData("https://[::1]:1/")]
    [InlineData("https://receiver/")]
    [InlineData("http://printer.local/")]
    public void Private_hosts_are_accepted_when_allowed(string url) =>
        Assert.True(WebhookUrl.Check(url, Development).Succeeded(out _, out _));

    [Theory]
    [InlineData("ftp://127.0.0.1/", "not-https")]
    [InlineData("http://user@127.0.0.1/", "credentials")]
    [InlineData("http://2130706433/", "unusual-address")]
    [InlineData("http://localhost/#a", "fragment")]
    public void Ambiguous_URLs_are_rejected_even_in_development(string url, string reason) =>
        Assert.Equal(reason, Reason(url, Development));

    [Fact]
    public void An_error_message_quotes_at_most_100_characters_of_the_host()
    {
        var host = string.Join('.', Enumerable.Repeat(new string('a', 60), 4)) + ".local";

        Assert.False(WebhookUrl.Check($"https://{host}/", Production).Succeeded(out _, out var problem));

        Assert.Equal((422, "webhook-url-refused", "/url"), (problem.Status, problem.Code, problem.Pointer));
        Assert.Contains(new string('a', 60), problem.Detail, StringComparison.Ordinal);
        Assert.DoesNotContain(host, problem.Detail, StringComparison.Ordinal);
    }

    private static object? Reason(string? url, WebhookUrlOptions? options = null)
    {
        Problem? problem = WebhookUrl.Check(url, options ?? Production).Problem;
        return problem?.Extensions?["reason"];
    }
}
