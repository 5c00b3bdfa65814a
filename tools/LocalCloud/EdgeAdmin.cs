using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Text.Json.Serialization;
using ServerlessScale.Edge;

namespace ServerlessScale.Local;

/// <summary>
/// The address and the purge token of a running edge. They are stored in a file in the data folder while the edge is running, so that the
/// purge command can read them.
/// </summary>
internal sealed record EdgeAdmin(Uri Address, string PurgeToken)
{
    private const string FileName = "edge.json";

    /// <exception cref="LocalCloudException">No edge is running with this data folder.</exception>
    public static EdgeAdmin Read(string dataDirectory)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllBytes(Path.Combine(dataDirectory, FileName)), EdgeAdminJson.Default.EdgeAdmin)!;
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            throw new LocalCloudException($"No edge is running with the data folder {dataDirectory}. Start an edge with --edge, or specify the data folder of a running edge with --data.", exception);
        }
    }

    public static void Delete(string dataDirectory) => File.Delete(Path.Combine(dataDirectory, FileName));

    /// <summary>Writes the file with permissions that allow only the current user to read it.</summary>
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

    /// <param name="path">A path, or a prefix that ends with <c>/*</c>.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The number of purged responses.</returns>
    /// <exception cref="LocalCloudException">The edge cannot be reached, or rejects the path.</exception>
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
                : throw new LocalCloudException($"The edge rejected the purge of {path}: {await response.Content.ReadAsStringAsync(cancellationToken)}");
        }
        catch (HttpRequestException exception)
        {
            throw new LocalCloudException($"The edge at {Address} cannot be reached: {exception.Message}", exception);
        }
    }
}

[JsonSerializable(typeof(EdgeAdmin))]
internal sealed partial class EdgeAdminJson : JsonSerializerContext;
