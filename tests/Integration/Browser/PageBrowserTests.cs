using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using ServerlessScale.Local;
using ServerlessScale.Local.Processes;
using ServerlessScale.Tests.Integration.Catalogue;

namespace ServerlessScale.Tests.Integration.Browser;

/// <summary>Tests the shop's page and the laboratory's page in Chromium, as people use them.</summary>
public sealed class PageBrowserTests(PageBrowserTests.Fixture fixture) : IClassFixture<PageBrowserTests.Fixture>
{
    [Fact]
    public async Task A_customer_fills_a_cart_and_places_an_order()
    {
        var page = await fixture.OpenAsync("");

        await page.Locator(".card.product", new() { HasText = "€12.50" }).First.GetByRole(AriaRole.Button).ClickAsync();
        await page.Locator(".cart-link .count[data-empty=false]").WaitForAsync();
        await page.GotoAsync($"{fixture.Address}#/cart");
        await page.Locator(".summary button.primary").ClickAsync();
        var order = page.GetByRole(AriaRole.Link, new() { Name = "Show the order" });
        await order.ClickAsync();

        await page.GetByRole(AriaRole.Heading, new() { Name = "Order", Exact = true }).WaitForAsync();
        Assert.Empty(fixture.Errors(page));
    }

    [Fact]
    public async Task The_laboratory_runs_an_experiment_by_its_button()
    {
        var page = await fixture.OpenAsync("lab");
        var card = page.Locator("#statelessness");
        await page.Locator(".experiment").First.WaitForAsync();
        Assert.Equal(12, await page.Locator(".experiment").CountAsync());

        // The button is used by the keyboard alone.
        await card.GetByRole(AriaRole.Button, new() { Name = "Run" }).PressAsync("Enter");
        await card.Locator(".verdict").WaitForAsync(new() { Timeout = 120_000 });

        Assert.Contains("The expected effect showed.", await card.Locator(".verdict").InnerTextAsync(), StringComparison.Ordinal);
        Assert.True(await card.Locator("tbody tr").CountAsync() >= 4);
        Assert.Empty(fixture.Errors(page));
    }

    [Fact]
    public async Task Every_experiment_starts_by_its_button_and_can_be_cancelled()
    {
        var page = await fixture.OpenAsync("lab");
        await page.Locator(".experiment").First.WaitForAsync();

        foreach (var card in await page.Locator(".experiment").AllAsync())
        {
            await card.GetByRole(AriaRole.Button, new() { Name = "Run" }).ClickAsync();
            var running = page.Locator(".running");
            Assert.Equal(await card.GetByRole(AriaRole.Heading).First.InnerTextAsync(), await running.Locator("strong").InnerTextAsync());
            // A short experiment may end before it is cancelled.
            var cancel = running.GetByRole(AriaRole.Button, new() { Name = "Cancel" });
            if (await cancel.IsVisibleAsync())
            {
                await cancel.ClickAsync();
            }

            await running.WaitForAsync(new() { State = WaitForSelectorState.Hidden });
            Assert.DoesNotContain("could not be completed", await card.InnerTextAsync(), StringComparison.Ordinal);
        }

        Assert.Empty(fixture.Errors(page));
    }

    [Theory]
    [InlineData("", ".card.product", ColorScheme.Light)]
    [InlineData("", ".card.product", ColorScheme.Dark)]
    [InlineData("#/orders", "h1", ColorScheme.Light)]
    [InlineData("#/photographs", ".drop", ColorScheme.Light)]
    [InlineData("#/webhooks", "summary", ColorScheme.Light)]
    [InlineData("#/cold-starts", "[role=group]", ColorScheme.Light)]
    [InlineData("lab", ".system svg", ColorScheme.Light)]
    [InlineData("lab", ".system svg", ColorScheme.Dark)]
    public async Task Every_page_is_accessible_and_fits_a_narrow_screen(string path, string content, ColorScheme scheme)
    {
        var page = await fixture.OpenAsync(path, scheme, width: 360);
        await page.Locator(content).First.WaitForAsync();
        await page.Locator("h1").WaitForAsync();

        var result = await page.RunAxe();

        Assert.Empty(result.Violations.Select(violation => $"{violation.Id}: {violation.Nodes[0].Target}"));
        Assert.True(await page.EvaluateAsync<bool>("document.documentElement.scrollWidth <= innerWidth"), "The page is wider than the screen.");
        Assert.Empty(fixture.Errors(page));
    }

    /// <summary>A shop with a laboratory, and a browser.</summary>
    public sealed class Fixture : IAsyncLifetime
    {
        private readonly Dictionary<IPage, List<string>> _errors = [];
        private IPlaywright? _playwright;
        private IBrowser? _browser;
        private LocalCloud? _cloud;

        public Uri Address => _cloud!.BaseAddress;

        public async ValueTask InitializeAsync()
        {
            var chromium = ExecutableSearch.Find("chromium") ?? ExecutableSearch.Find("google-chrome");
            if (chromium is null)
            {
                return;
            }

            _cloud = await LocalCloud.StartAsync(new() { Lab = true, Instances = 1, AllowPrivateWebhooks = true }, TestContext.Current.CancellationToken);
            await KnownProducts.AddAsync(_cloud, TestContext.Current.CancellationToken);
            _playwright = await Playwright.CreateAsync();
            _browser = await _playwright.Chromium.LaunchAsync(
                new() { ExecutablePath = chromium, Args = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"] });
        }

        /// <summary>Creates a client of the API for the customer that is signed in on the page.</summary>
        public HttpClient CreateClient() => _cloud!.CreateClient(_cloud.Token());

        /// <summary>Opens a page with storage of its own.</summary>
        public async Task<IPage> OpenAsync(string path, ColorScheme scheme = ColorScheme.Light, int width = 1280)
        {
            Assert.SkipWhen(_browser is null, "Chromium is not installed. Install it to run this test, on Debian with: apt-get install chromium");
            var page = await _browser!.NewPageAsync(new()
            {
                ColorScheme = scheme,
                ReducedMotion = ReducedMotion.Reduce,
                ViewportSize = new() { Width = width, Height = 900 },
            });
            // The machine may be busy with other tests.
            page.SetDefaultTimeout(60_000);
            List<string> errors = [];
            _errors[page] = errors;
            page.PageError += (_, error) => errors.Add(error);
            page.Console += (_, message) =>
            {
                if (message.Text.Contains("Content Security Policy", StringComparison.Ordinal))
                {
                    errors.Add(message.Text);
                }
            };
            await page.GotoAsync(new Uri(Address, path).AbsoluteUri);
            return page;
        }

        /// <summary>Returns the errors that the scripts of a page did not handle, including those of its content security policy.</summary>
        public IReadOnlyList<string> Errors(IPage page) => _errors[page];

        public async ValueTask DisposeAsync()
        {
            await (_browser?.DisposeAsync() ?? ValueTask.CompletedTask);
            _playwright?.Dispose();
            await (_cloud?.DisposeAsync() ?? ValueTask.CompletedTask);
        }
    }
}
