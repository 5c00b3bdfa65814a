using ServerlessScale.Local;
using ServerlessScale.Local.Build;
using ServerlessScale.Local.Settings;

namespace ServerlessScale.Tests.Unit.Local;

public sealed class LocalSettingsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Comments_and_trailing_commas_are_allowed_in_local_settings()
    {
        var path = _folder.Write(LocalSettings.FileName, """
            {
              // as editors write it
              "IsEncrypted": false,
              "Values": {
                "Images__MaxBytes": 1000, /* a number */
                "AzureWebJobs.ResizeImage.Disabled": true,
                "Name": "a text",
              },
              "Host": { "LocalHttpPort": 7071 },
            }
            """);

        var values = LocalSettings.Read(path);

        Assert.Equal(3, values.Count);
        Assert.Equal("1000", values["Images__MaxBytes"]);
        Assert.Equal("true", values["AzureWebJobs.ResizeImage.Disabled"]);
        Assert.Equal("a text", values["Name"]);
    }

    [Fact]
    public void CORS_origins_are_read_from_the_host_section()
    {
        var path = _folder.Write(LocalSettings.FileName, """
            { "Values": {}, "Host": { "CORS": "https://a.example, https://b.example", "CORSCredentials": true } }
            """);

        var values = LocalSettings.Read(path);

        Assert.Equal("""["https://a.example","https://b.example"]""", values["CORS_ALLOWED_ORIGINS"]);
        Assert.Equal("true", values["CORS_SUPPORT_CREDENTIALS"]);
    }

    [Fact]
    public void A_local_settings_syntax_error_is_reported_with_line_and_column()
    {
        var path = _folder.Write(LocalSettings.FileName, "{\n  \"Values\": {\n    \"A\": oops\n  }\n}");

        var failure = Assert.Throws<LocalCloudException>(() => LocalSettings.Read(path));

        Assert.Contains(path, failure.Message, StringComparison.Ordinal);
        Assert.Contains("line 3, column 10", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("[]", "JSON object")]
    [InlineData("{}", "\"Values\"")]
    [InlineData("""{"Values":[]}""", "\"Values\"")]
    [InlineData("""{"IsEncrypted":true,"Values":{}}""", "encrypted")]
    [InlineData("""{"Values":{"Images":{"MaxBytes":1}}}""", "\"Images\" must be a string")]
    [InlineData("""{"Values":{"A":null}}""", "\"A\" must be a string")]
    public void Local_settings_with_the_wrong_structure_are_rejected_with_a_reason(string content, string reason)
    {
        var path = _folder.Write(LocalSettings.FileName, content);

        var failure = Assert.Throws<LocalCloudException>(() => LocalSettings.Read(path));

        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_local_settings_file_is_reported()
    {
        var path = Path.Combine(_folder.Path, LocalSettings.FileName);

        Assert.Contains(path, Assert.Throws<LocalCloudException>(() => LocalSettings.Read(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_sample_settings_are_copied_with_the_generated_key()
    {
        AddSample();

        var created = LocalSettings.CreateWhenMissing(_folder.Path, "the key");

        Assert.True(created);
        var values = LocalSettings.Read(LocalSettings.PathIn(_folder.Path));
        Assert.Equal("the key", values["Authentication__DevelopmentSigningKey"]);
        Assert.Equal("dotnet-isolated", values["FUNCTIONS_WORKER_RUNTIME"]);
        Assert.Equal("Development", values["AZURE_FUNCTIONS_ENVIRONMENT"]);
    }

    [Fact]
    public void Existing_local_settings_are_not_overwritten()
    {
        AddSample();
        var path = LocalSettings.PathIn(_folder.Path);
        File.WriteAllText(path, """{"Values":{}}""");

        Assert.False(LocalSettings.CreateWhenMissing(_folder.Path, "the key"));
        Assert.Equal("""{"Values":{}}""", File.ReadAllText(path));
    }

    [Fact]
    public void A_missing_sample_settings_file_is_reported()
    {
        var failure = Assert.Throws<LocalCloudException>(() => LocalSettings.CreateWhenMissing(_folder.Path, "the key"));

        Assert.Contains(LocalSettings.SamplePathIn(_folder.Path), failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_build_writes_settings_with_a_valid_key()
    {
        // The tests refer to the function app, so the app has been built.
        var values = LocalSettings.Read(LocalSettings.PathIn(Repository.FindRoot()));

        var key = new byte[200];
        Assert.True(Convert.TryFromBase64String(values["Authentication__DevelopmentSigningKey"], key, out var length));
        Assert.True(length >= 32, $"The key has {length} bytes.");
        Assert.Equal("UseDevelopmentStorage=true", values["AzureWebJobsStorage"]);
    }

    [Fact]
    public void The_sample_settings_do_not_contain_a_signing_key()
    {
        // Core Tools would pass the text on to the app, which would reject it.
        Assert.Equal("", LocalSettings.Read(LocalSettings.SamplePathIn(Repository.FindRoot()))["Authentication__DevelopmentSigningKey"]);
    }

    private void AddSample()
    {
        Directory.CreateDirectory(FunctionAppBuild.ProjectFolder(_folder.Path));
        File.Copy(LocalSettings.SamplePathIn(Repository.FindRoot()), LocalSettings.SamplePathIn(_folder.Path));
    }
}
