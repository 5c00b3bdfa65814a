using System.CommandLine;
using System.Net.Http.Headers;
using ServerlessScale.Local.Identity;
using ServerlessScale.Local.Samples;

namespace ServerlessScale.Local.Commands;

/// <summary>Adds the sample products to an empty catalogue, during a run or with a command of its own.</summary>
internal static class SamplesCommand
{
    /// <summary>Creates the command <c>samples</c>, for a shop that was started without sample products or by Core Tools.</summary>
    public static Command Create(Func<ParseResult, DevelopmentTokens> openTokens)
    {
        var url = new Option<Uri>("--url")
        {
            Description = "The address of the running shop.",
            HelpName = "URL",
            DefaultValueFactory = _ => new Uri("http://127.0.0.1:7071"),
            CustomParser = result =>
            {
                if (Uri.TryCreate(result.Tokens.Single().Value, UriKind.Absolute, out var address) && address.Scheme.StartsWith("http", StringComparison.Ordinal))
                {
                    return address;
                }

                result.AddError("--url must be the address of the shop, such as http://127.0.0.1:7071.");
                return null;
            },
        };
        var samples = new Command("samples", "Adds sample products with pictures to a running shop whose catalogue is empty.") { url };
        samples.SetAction(async (parsed, cancellationToken) =>
        {
            using var shop = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = parsed.GetValue(url) };
            shop.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", openTokens(parsed).Issue());
            try
            {
                Console.Out.WriteLine($"added {await new SampleProducts(shop).AddAsync(cancellationToken)}");
                return 0;
            }
            catch (HttpRequestException failure)
            {
                throw new LocalCloudException($"The sample products could not be added to the shop at {parsed.GetValue(url)}: {failure.Message}", failure);
            }
        });
        return samples;
    }

    /// <summary>Adds the products in the background of a run. A failure is only reported, because the shop works without them.</summary>
    public static async Task RunAsync(LocalCloud cloud, CancellationToken cancellationToken)
    {
        try
        {
            if (await cloud.AddSampleProductsAsync(cancellationToken) is > 0 and var added)
            {
                Console.Error.WriteLine($"The catalogue was empty, so {added} sample products were added. Their pictures are being resized.");
            }
        }
        catch (HttpRequestException failure)
        {
            Console.Error.WriteLine($"The sample products could not be added: {failure.Message} Add them later with the command samples.");
        }
        catch (OperationCanceledException)
        {
            // The cloud is being stopped. The next run adds the products.
        }
    }
}
