using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Edge.Forwarding;

namespace ServerlessScale.Local;

/// <summary>Where a running edge is, and what a purge must present to it. The data folder holds it while the edge runs.</summary>
internal sealed record EdgeAdmin(Uri Address, string PurgeToken)
{
    private const string FileName = "edge.json";
    private const int TokenBytes = 32;

    public static string NewToken() => Convert.ToHexString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <exception cref="LocalCloudException">No edge runs with this data folder.</exception>
    public static EdgeAdmin Read(string dataDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(dataDirectory, FileName)), EdgeAdminJson.Default.EdgeAdmin)!;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            throw new LocalCloudException($"No edge runs with its data in {dataDirectory}. Start one with --edge, or name its folder with --data.", exception);
        }
    }

    public static void Forget(string dataDirectory) => File.Delete(Path.Combine(dataDirectory, FileName));

    public void Write(string dataDirectory)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var file = new FileStream(Path.Combine(dataDirectory, FileName), options);
        JsonSerializer.Serialize(file, this, EdgeAdminJson.Default.EdgeAdmin);
    }

    /// <param name="path">A path, or one that ends with <c>/*</c>.</param>
    /// <returns>How many answers the cache has forgotten.</returns>
    /// <exception cref="LocalCloudException">The edge does not answer, or refuses.</exception>
    public async Task<int> PurgeAsync(string path, CancellationToken cancellationToken)
    {
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Address };
        using var request = new HttpRequestMessage(HttpMethod.Post, $"{EdgeServer.PurgePath}?path={Uri.EscapeDataString(path)}");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", PurgeToken);
        try
        {
            using var response = await client.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode
                ? int.Parse(response.Headers.GetValues(EdgeServer.PurgeCountHeader).Single(), CultureInfo.InvariantCulture)
                : throw new LocalCloudException($"The edge refuses to purge {path}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (HttpRequestException exception)
        {
            throw new LocalCloudException($"The edge at {Address} does not answer: {exception.Message}", exception);
        }
    }
}

[JsonSerializable(typeof(EdgeAdmin))]
internal sealed partial class EdgeAdminJson : JsonSerializerContext;
