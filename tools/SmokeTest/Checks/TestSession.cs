using ServerlessScale.SmokeTest.Http;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>A check: what it is called, and how it is done.</summary>
internal sealed record Check(string Name, Func<TestSession, CancellationToken, Task<CheckOutcome>> RunAsync);

/// <summary>What the checks of one run share: the client, and what earlier checks have created and observed.</summary>
internal sealed class TestSession(SmokeTestOptions options, ShopClient shop, TimeProvider time)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(500);

    public SmokeTestOptions Options => options;

    public ShopClient Shop => shop;

    public TimeProvider Time => time;

    /// <summary>The first response of the shop; null if there was none.</summary>
    public ShopResponse? First { get; set; }

    /// <summary>The image, after it has become ready.</summary>
    public UploadedImage? Image { get; set; }

    /// <summary>The product, after it has been created.</summary>
    public TestProduct? Product { get; set; }

    /// <summary>How to delete what the checks have created, in the order of creation.</summary>
    public List<CleanUpStep> Created { get; } = [];

    /// <summary>Repeats an observation until it returns a value.</summary>
    /// <param name="observe">Returns null if what the check waits for has not happened yet.</param>
    /// <param name="limit">The time limit.</param>
    /// <param name="missing">Describes what has not happened when the time limit has passed.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="CheckFailedException">The time limit has passed.</exception>
    public async Task<T> UntilAsync<T>(Func<Task<T?>> observe, TimeSpan limit, Func<string> missing, CancellationToken cancellationToken)
        where T : class
    {
        var start = time.GetTimestamp();
        while (true)
        {
            if (await observe() is { } value)
            {
                return value;
            }

            if (time.GetElapsedTime(start) > limit)
            {
                throw new CheckFailedException($"Not within {limit.TotalSeconds:0} s", missing());
            }

            await Task.Delay(Poll, time, cancellationToken);
        }
    }
}

/// <summary>An image with its variants.</summary>
/// <param name="Id">The id.</param>
/// <param name="Variant">The response to the first request for the variant that the cache checks use.</param>
/// <param name="VariantPath">The path of this variant.</param>
internal sealed record UploadedImage(string Id, string VariantPath, ShopResponse Variant);

/// <summary>A product for the test.</summary>
/// <param name="Sku">The SKU.</param>
/// <param name="Price">The price in cents.</param>
/// <param name="ETag">The current entity tag, which every change needs.</param>
internal sealed record TestProduct(string Sku, long Price, string ETag)
{
    public string Path => $"api/products/{Sku}";
}

/// <summary>Deletes one thing that a check has created.</summary>
internal sealed record CleanUpStep(string Thing, Func<CancellationToken, Task> RunAsync);
