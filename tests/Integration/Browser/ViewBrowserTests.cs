using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Playwright;
using ServerlessScale.Tests.Integration.Images;
using ServerlessScale.Tests.Integration.Webhooks;

namespace ServerlessScale.Tests.Integration.Browser;

/// <summary>Tests the views of the shop's page that come after a purchase, as people use them.</summary>
public sealed class ViewBrowserTests(PageBrowserTests.Fixture fixture) : IClassFixture<PageBrowserTests.Fixture>
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_order_is_marked_as_paid_by_the_keyboard()
    {
        var page = await fixture.OpenAsync("");
        using (var client = fixture.CreateClient())
        using (var order = new HttpRequestMessage(HttpMethod.Post, "api/orders"))
        {
            order.Headers.Add("Idempotency-Key", Guid.NewGuid().ToString());
            order.Content = JsonContent.Create(new { lines = new[] { new { sku = "mug-1", quantity = 2 } } });
            using var response = await client.SendAsync(order, Ct);
            response.EnsureSuccessStatusCode();
        }

        await GoToAsync(page, "#/orders");
        await page.Locator("a.list-row").First.PressAsync("Enter");
        await page.GetByRole(AriaRole.Button, new() { Name = "Mark as paid" }).PressAsync("Enter");

        await page.Locator("[aria-current=step]", new() { HasText = "paid" }).WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Mark as shipped" }).WaitForAsync();
        Assert.Equal(1, await page.Locator("tbody tr").CountAsync());
        Assert.Empty(fixture.Errors(page));
    }

    [Fact]
    public async Task Dropped_photographs_get_their_variants()
    {
        var page = await fixture.OpenAsync("#/photographs");
        await page.Locator(".drop").WaitForAsync();
        var files = await page.EvaluateHandleAsync(
            """
            (photographs) => {
              const dropped = new DataTransfer();
              for (const [name, content] of Object.entries(photographs)) {
                dropped.items.add(new File([Uint8Array.from(atob(content), (character) => character.charCodeAt(0))], name, { type: 'image/jpeg' }));
              }
              return dropped;
            }
            """,
            new Dictionary<string, string>
            {
                ["one.jpg"] = Convert.ToBase64String(Pictures.Jpeg(400, 300)),
                ["two.jpg"] = Convert.ToBase64String(Pictures.Jpeg(300, 400)),
            });

        await page.DispatchEventAsync(".drop", "drop", new { dataTransfer = files });

        foreach (var name in (string[])["one.jpg", "two.jpg"])
        {
            var photograph = page.Locator(".photo", new() { HasText = name });
            await photograph.Locator("summary", new() { HasText = "variants" }).ClickAsync();
            await photograph.Locator(".picture img").WaitForAsync();
            Assert.True(await photograph.Locator(".variants li").CountAsync() >= 2);
        }

        Assert.Empty(fixture.Errors(page));
    }

    [Fact]
    public async Task A_webhook_endpoint_shows_its_secret_once_and_gets_a_test_event()
    {
        await using var receiver = await Receiver.StartAsync();
        var page = await fixture.OpenAsync("#/webhooks");

        await page.Locator("summary", new() { HasText = "Add an endpoint" }).PressAsync("Enter");
        await page.GetByLabel("URL of the receiver").FillAsync(receiver.Url.AbsoluteUri);
        await page.GetByLabel("URL of the receiver").PressAsync("Enter");
        var secret = await page.Locator(".secret code").InnerTextAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "I have stored it" }).ClickAsync();

        await page.Locator("a.list-row", new() { HasText = receiver.Url.AbsoluteUri }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Send a test event" }).ClickAsync();
        await page.Locator(".delivery .status", new() { HasText = "delivered" }).WaitForAsync();

        var request = Assert.Single(await receiver.ReceiveAsync(1));
        Assert.Equal("webhook.test", request.Type);
        Assert.True(request.IsSignedWith(secret));
        await page.ReloadAsync();
        await page.Locator(".delivery").First.WaitForAsync();
        Assert.DoesNotContain(secret, await page.ContentAsync(), StringComparison.Ordinal);
        Assert.Empty(fixture.Errors(page));
    }

    [Fact]
    public async Task The_cold_starts_show_the_phases_of_a_start()
    {
        var page = await fixture.OpenAsync("");
        await Eventually.TrueAsync(
            async () =>
            {
                using var client = fixture.CreateClient();
                return (await client.GetFromJsonAsync<JsonElement>("api/cold-starts", Ct)).GetProperty("coldStarts").GetInt32() > 0;
            },
            "the instance has stored its cold start");

        await GoToAsync(page, "#/cold-starts");

        await page.Locator(".starts li").First.WaitForAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "last hour" }).PressAsync("Enter");
        await page.Locator("button[aria-pressed=true]", new() { HasText = "last hour" }).WaitForAsync();
        await page.Locator(".table tbody tr").First.WaitForAsync();
        Assert.Empty(fixture.Errors(page));
    }

    private async Task GoToAsync(IPage page, string view) => await page.GotoAsync(new Uri(fixture.Address, view).AbsoluteUri);
}
