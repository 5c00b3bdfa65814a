using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using ServerlessScale.Functions.Images;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Sizes;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Tests the signatures of sizes, and the setting with their keys.</summary>
public sealed class SizeKeyTests
{
    private const string Path = "/images/0123456789abcdefghjkmnpqrs/w400-h300-cover-x50y30-q70.webp";

    // The secret is 0123456789abcdef0123456789abcdef.
    private const string Old = "k1.MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const string New = "k2.////////////////////////////////////////////////////////////////";

    /// <summary>
    /// The output of <c>printf %s PATH | openssl dgst -sha256 -hmac 0123456789abcdef0123456789abcdef -binary | base64</c>, in base64url.
    /// </summary>
    private const string Signature = "k1.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8";

    [Theory]
    [InlineData(Old, Path, Signature)]
    // Computed with Node.js: createHmac("sha256", Buffer.alloc(48, 0xff)).update(path).digest("base64url")
    [InlineData(New, "/images/zzzzzzzzzzzzzzzzzzzzzzzzzz/w1.jpg", "k2.3xQpJohPXWnxH6yWTIafGMHqr0GJjtcwBcaHD9ik9u4")]
    public void A_signature_is_the_HMAC_of_the_path(string text, string path, string expected)
    {
        Assert.True(SizeKey.TryParse(text, out var key));
        Assert.Equal(expected, key.Sign(path));
        Assert.True(key.HasSigned(path, expected));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("k1")]
    [InlineData("k1.")]
    [InlineData("GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8")]
    [InlineData("k2.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8")]
    [InlineData("k3.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8")]
    [InlineData("k1.HlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8")]
    // The same bytes in another spelling
    [InlineData("k1.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g9")]
    [InlineData("k1.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8=")]
    [InlineData("k1.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9/g8")]
    [InlineData("K1.GlvSZ2nd1mshmj2QD8Bky2bHzuhJWnZj3FpsLtd9_g8")]
    [InlineData(Signature + "," + Signature)]
    public void Any_other_signature_gets_403(string? signature)
    {
        var problem = Signatures(Old, New).Check(Path, signature);

        Assert.Equal((403, "size-not-signed"), (problem?.Status, problem?.Code));
    }

    [Fact]
    public void A_signature_is_valid_for_one_path()
    {
        Assert.Null(Signatures(Old).Check(Path, Signature));
        Assert.NotNull(Signatures(Old).Check(Path.Replace("q70", "q71", StringComparison.Ordinal), Signature));
        Assert.NotNull(Signatures(Old).Check(Path.Replace('0', '1'), Signature));
    }

    [Fact]
    public void A_rotation_accepts_the_old_key_until_it_is_removed()
    {
        Assert.True(SizeKey.TryParse(New, out var added));
        var newer = added.Sign(Path);

        Assert.Equal([true, false], Accepted(Old));
        Assert.Equal([true, true], Accepted(New, Old));
        Assert.Equal([false, true], Accepted(New));

        bool[] Accepted(params string[] keys) => [.. ((string[])[Signature, newer]).Select(text => Signatures(keys).Check(Path, text) is null)];
    }

    [Fact]
    public void Without_a_key_the_problem_names_the_setting()
    {
        var problem = Signatures().Check(Path, Signature);

        Assert.Equal((403, "size-not-signed"), (problem?.Status, problem?.Code));
        Assert.Contains("Images:SizeKeys", problem?.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Images:SizeKeys:0", "k1")]
    [InlineData("Images:SizeKeys:0", "k1.c2hvcnQ=")]
    [InlineData("Images:SizeKeys:0", "k1.not base64!")]
    [InlineData("Images:SizeKeys:0", "K1.MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    [InlineData("Images:SizeKeys:0", ".MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    [InlineData("Images:SizeKeys:0", "abcdefghijklmnopq.MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")]
    [InlineData("Images:SizeKeys:1", Old)]
    [InlineData("Images:MaxSizes", "0")]
    [InlineData("Images:MaxSizes", "1001")]
    public void A_size_setting_out_of_range_is_reported_by_name(string setting, string value)
    {
        var failure = Assert.Throws<OptionsValidationException>(
            () => Settings("Production", setting.EndsWith('1') ? ("Images:SizeKeys:0", Old) : ("Images:X", ""), (setting, value)));

        Assert.Contains(setting, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("MDEyMzQ1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void More_than_four_size_keys_are_refused() => Assert.Throws<OptionsValidationException>(
        () => Settings("Production", [.. Enumerable.Range(0, 5).Select(i => ($"Images:SizeKeys:{i}", Old.Replace("k1", $"k{i}", StringComparison.Ordinal)))]));

    [Fact]
    public void A_key_is_derived_in_development_only()
    {
        var development = ("Authentication:DevelopmentSigningKey", Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef")));

        Assert.True(SizeKey.TryParse(Assert.Single(Settings("Development", development).SizeKeys), out var key));
        Assert.Equal("dev", key.Id);
        Assert.Empty(Settings("Production", development).SizeKeys);
        Assert.Equal([Old], Settings("Development", development, ("Images:SizeKeys:0", Old)).SizeKeys);
    }

    private static SizeSignatures Signatures(params string[] keys) => new(Options.Create(new SizeOptions { SizeKeys = keys }));

    private static SizeOptions Settings(string environment, params (string Key, string Value)[] settings)
    {
        var builder = new HostApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true, EnvironmentName = environment });
        builder.Configuration.AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Key, (string?)s.Value)));
        builder.AddImages();
        using var services = builder.Services.BuildServiceProvider();
        return services.GetRequiredService<IOptions<SizeOptions>>().Value;
    }
}
