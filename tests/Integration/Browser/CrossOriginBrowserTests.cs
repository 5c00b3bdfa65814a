using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using ServerlessScale.Local;
using ServerlessScale.Local.Processes;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Browser;

/// <summary>
/// Tests which requests Chromium permits from pages of other origins. An origin is a scheme, a host and a port. A site ignores the port, so
/// the pages on 127.0.0.1 belong to the app's site, and the pages on localhost to another site.
/// </summary>
public sealed class CrossOriginBrowserTests(CrossOriginBrowserTests.Fixture fixture) : IClassFixture<CrossOriginBrowserTests.Fixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_page_of_an_allowed_origin_places_orders_and_fills_a_cart()
    {
        var results = await fixture.OpenAsync("127.0.0.1", allowed: true);

        Assert.Equal("201, token readable", results.GetProperty("order").GetString());
        Assert.Equal("1 line", results.GetProperty("cart").GetString());
    }

    /// <summary>The cart's cookie is <c>SameSite=Lax</c>, so the browser does not send it from a page of another site.</summary>
    [Fact]
    public async Task A_page_of_an_allowed_origin_on_another_site_has_no_cart()
    {
        var results = await fixture.OpenAsync("localhost", allowed: true);

        Assert.Equal("201, token readable", results.GetProperty("order").GetString());
        Assert.Equal("0 lines", results.GetProperty("cart").GetString());
    }

    [Fact]
    public async Task A_page_of_an_origin_that_is_not_allowed_gets_network_errors()
    {
        var results = await fixture.OpenAsync("127.0.0.1", allowed: false);

        // The Fetch standard reports a response that the page must not read as a network error, which is a TypeError.
        Assert.Equal("TypeError", results.GetProperty("order").GetString());
        Assert.Equal("TypeError", results.GetProperty("cart").GetString());
    }

    /// <summary>A cloud that allows the origins of the first page server but not those of the second.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly DirectoryInfo _profile = Directory.CreateTempSubdirectory("chromium-");
        private PageServer _allowed = null!;
        private PageServer _other = null!;
        private LocalCloud _cloud = null!;

        public async ValueTask InitializeAsync()
        {
            _allowed = await PageServer.StartAsync();
            _other = await PageServer.StartAsync();
            string[] origins = [$"http://127.0.0.1:{_allowed.Port}", $"http://localhost:{_allowed.Port}"];
            _cloud = await LocalCloud.StartAsync(
                new LocalCloudOptions
                {
                    Settings = new Dictionary<string, string>
                    {
                        ["CORS_ALLOWED_ORIGINS"] = JsonSerializer.Serialize(origins),
                        ["CORS_SUPPORT_CREDENTIALS"] = "true",
                    },
                },
                Ct);
            await KnownProducts.AddAsync(_cloud, Ct);
        }

        /// <summary>Opens a page in Chromium and returns the results that the page's script reports.</summary>
        public async Task<JsonElement> OpenAsync(string host, bool allowed)
        {
            var chromium = ExecutableSearch.Find("chromium") ?? ExecutableSearch.Find("google-chrome");
            Assert.SkipWhen(chromium is null, "Chromium is not installed. Install it to run this test, on Debian with: apt-get install chromium");
            var server = allowed ? _allowed : _other;
            var script = $"const app = {JsonSerializer.Serialize(_cloud.BaseAddress.GetLeftPart(UriPartial.Authority))}; const token = {JsonSerializer.Serialize(_cloud.Token())};";
            var result = server.Expect(script);
            using var browser = Process.Start(new ProcessStartInfo(
                chromium!,
                [
                    "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
                    $"--user-data-dir={Path.Combine(_profile.FullName, Guid.NewGuid().ToString("N"))}",
                    // Without a debugging port, a headless Chromium exits when it has no more work.
                    "--remote-debugging-port=0",
                    string.Create(CultureInfo.InvariantCulture, $"http://{host}:{server.Port}/"),
                ])
            { RedirectStandardError = true, RedirectStandardOutput = true })!;
            browser.BeginErrorReadLine();
            browser.BeginOutputReadLine();
            try
            {
                return await result.WaitAsync(TimeSpan.FromMinutes(2), Ct);
            }
            finally
            {
                browser.Kill(entireProcessTree: true);
                await browser.WaitForExitAsync(CancellationToken.None);
            }
        }

        public async ValueTask DisposeAsync()
        {
            await _cloud.DisposeAsync();
            await _allowed.DisposeAsync();
            await _other.DisposeAsync();
            _profile.Delete(recursive: true);
        }
    }

    /// <summary>Serves a page that calls the app and reports the results to this server.</summary>
    private sealed class PageServer : IAsyncDisposable
    {
        private const string Page = """
            <!doctype html><title>Another shop</title><script>
            CONSTANTS
            const results = {};
            async function attempt(name, run) { try { results[name] = await run(); } catch (error) { results[name] = error.name; } }
            async function call() {
              await attempt('order', async () => {
                const response = await fetch(app + '/api/orders', {
                  method: 'POST',
                  headers: { Authorization: 'Bearer ' + token, 'Content-Type': 'application/json', 'Idempotency-Key': crypto.randomUUID() },
                  body: JSON.stringify({ currency: 'EUR', lines: [{ sku: 'mug-1', quantity: 1, unitPrice: 1250 }] }),
                });
                return response.status + (response.headers.get('Consistency-Token') ? ', token readable' : ', token hidden');
              });
              await attempt('cart', async () => {
                await fetch(app + '/api/cart/lines/mug-1', {
                  method: 'PUT',
                  credentials: 'include',
                  headers: { 'Content-Type': 'application/json' },
                  body: JSON.stringify({ quantity: 2, unitPrice: 1250, currency: 'EUR' }),
                });
                const cart = await (await fetch(app + '/api/cart', { credentials: 'include' })).json();
                return cart.lines.length + (cart.lines.length === 1 ? ' line' : ' lines');
              });
              await fetch('/result', { method: 'POST', body: JSON.stringify(results) });
            }
            call();
            </script>
            """;

        private readonly WebApplication _server;
        private TaskCompletionSource<JsonElement> _result = new();
        private string _constants = "";

        private PageServer(WebApplication server) => _server = server;

        public int Port => new Uri(_server.Urls.First()).Port;

        public static async Task<PageServer> StartAsync()
        {
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
            var server = new PageServer(builder.Build());
            server._server.MapGet("/", () => TypedResults.Content(Page.Replace("CONSTANTS", server._constants, StringComparison.Ordinal), "text/html"));
            server._server.MapPost("/result", async (HttpRequest request) =>
                server._result.TrySetResult(await JsonSerializer.DeserializeAsync<JsonElement>(request.Body, cancellationToken: Ct)));
            await server._server.StartAsync(Ct);
            return server;
        }

        /// <summary>Returns the results that the next page reports.</summary>
        public Task<JsonElement> Expect(string constants)
        {
            _constants = constants;
            _result = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return _result.Task;
        }

        public async ValueTask DisposeAsync() => await _server.DisposeAsync();
    }
}
