using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Http;

/// <summary>Sends requests to the shop. The token is sent only to the shop, not to storage or to other hosts.</summary>
internal sealed class ShopClient : IDisposable
{
    private readonly HttpClient _http;
    private readonly string _token;

    /// <param name="shop">The address of the shop.</param>
    /// <param name="token">The bearer token.</param>
    /// <param name="limit">The time limit of a request.</param>
    public ShopClient(Uri shop, string token, TimeSpan limit)
    {
        _token = token;
        // A proxy for the Internet cannot reach a shop on this machine.
        _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, UseProxy = !shop.IsLoopback })
        {
            BaseAddress = shop,
            Timeout = limit,
        };
        // Without these headers, the rules 920300 and 920320 of the firewall would raise the score of each request.
        _http.DefaultRequestHeaders.Accept.ParseAdd("*/*");
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("ServerlessScale-SmokeTest");
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Sends a request without the token.</summary>
    public Task<ShopResponse> GetAsync(string address, CancellationToken cancellationToken) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, address), cancellationToken);

    /// <summary>Sends a request with the token.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">The path, relative to the shop.</param>
    /// <param name="body">The JSON body; null for none.</param>
    /// <param name="header">A further header.</param>
    /// <param name="cancellationToken">Cancels the request.</param>
    public Task<ShopResponse> SendAsync(
        HttpMethod method, string path, JsonObject? body, (string Name, string Value)? header, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(method, path);
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", _token);
        if (body is not null)
        {
            request.Content = new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json");
        }

        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        return SendAsync(request, cancellationToken);
    }

    public Task<ShopResponse> SendAsync(HttpMethod method, string path, CancellationToken cancellationToken) =>
        SendAsync(method, path, body: null, header: null, cancellationToken);

    /// <summary>Sends a request as it is. Disposes the request.</summary>
    /// <exception cref="CheckFailedException">There is no response.</exception>
    public async Task<ShopResponse> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        using var sent = request;
        // The query of an upload URL contains a signature that allows the upload, so messages must not contain it.
        var address = new Uri(_http.BaseAddress!, sent.RequestUri!);
        var description = $"{sent.Method} {(address.Host == _http.BaseAddress!.Host && address.Port == _http.BaseAddress.Port ? address.AbsolutePath : address.GetLeftPart(UriPartial.Path))}";
        try
        {
            using var response = await _http.SendAsync(sent, cancellationToken);
            return new(
                description, (int)response.StatusCode, response.Headers, response.Content.Headers.ContentType?.MediaType,
                await response.Content.ReadAsByteArrayAsync(cancellationToken));
        }
        catch (HttpRequestException failure)
        {
            throw new CheckFailedException("There is no response", $"{description}: {failure.Message}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new CheckFailedException("There is no response", $"{description} had no response within {_http.Timeout.TotalSeconds:0} s.");
        }
    }
}
