using ServerlessScale.Shared.Catalogue;

namespace ServerlessScale.Tests.Integration.Catalogue;

/// <summary>The tests that every implementation of <see cref="IProductStore"/> must pass.</summary>
public abstract class ProductStoreContract
{
    protected abstract IProductStore Store { get; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_product_can_be_added_and_read()
    {
        var product = TestProducts.Of(TestProducts.NewSku()) with { ImageId = new string('0', 26), Active = false };

        Assert.True(await Store.TryAddAsync(product, Ct));

        Assert.Equal(product, (await Store.FindAsync(product.Sku, Ct))?.Product);
    }

    [Fact]
    public async Task An_unknown_product_is_not_found()
    {
        var sku = TestProducts.NewSku();

        Assert.Null(await Store.FindAsync(sku, Ct));
        Assert.Empty(await Store.FindManyAsync([sku, TestProducts.NewSku()], Ct));
    }

    [Fact]
    public async Task An_existing_product_is_not_overwritten_by_an_addition()
    {
        var product = TestProducts.Of(TestProducts.NewSku());
        await Store.TryAddAsync(product, Ct);

        Assert.False(await Store.TryAddAsync(TestProducts.Of(product.Sku, price: 1), Ct));

        Assert.Equal(product, (await Store.FindAsync(product.Sku, Ct))?.Product);
    }

    [Fact]
    public async Task Only_one_of_many_parallel_additions_succeeds()
    {
        var products = Enumerable.Repeat(TestProducts.NewSku(), 16).Select(sku => TestProducts.Of(sku)).ToArray();

        var added = await Task.WhenAll(products.Select(product => Store.TryAddAsync(product, Ct)));

        var winner = Assert.Single(products.Zip(added), pair => pair.Second).First;
        Assert.Equal(winner, (await Store.FindAsync(winner.Sku, Ct))?.Product);
    }

    [Fact]
    public async Task Only_one_of_many_parallel_changes_to_a_version_succeeds()
    {
        var product = TestProducts.Of(TestProducts.NewSku());
        await Store.TryAddAsync(product, Ct);
        var read = await Store.FindAsync(product.Sku, Ct);
        var changes = Enumerable.Range(1, 16).Select(price => TestProducts.Of(product.Sku, price)).ToArray();

        var written = await Task.WhenAll(changes.Select(changed => Store.TryReplaceAsync(read!, changed, Ct)));

        var winner = Assert.Single(changes.Zip(written), pair => pair.Second).First;
        Assert.Equal(winner, (await Store.FindAsync(product.Sku, Ct))?.Product);
    }

    [Fact]
    public async Task A_product_changed_or_removed_since_it_was_read_is_not_written()
    {
        var product = TestProducts.Of(TestProducts.NewSku());
        await Store.TryAddAsync(product, Ct);
        var read = await Store.FindAsync(product.Sku, Ct);
        await Store.TryReplaceAsync(read!, TestProducts.Of(product.Sku, price: 1), Ct);

        Assert.False(await Store.TryRemoveAsync(read!, Ct));
        var current = await Store.FindAsync(product.Sku, Ct);
        Assert.True(await Store.TryRemoveAsync(current!, Ct));
        Assert.False(await Store.TryRemoveAsync(current!, Ct));
        Assert.False(await Store.TryReplaceAsync(current!, product, Ct));
        Assert.Null(await Store.FindAsync(product.Sku, Ct));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(15)]
    [InlineData(100)]
    public async Task Many_products_are_found_by_their_skus(int count)
    {
        var products = Enumerable.Range(0, count).Select(_ => TestProducts.Of(TestProducts.NewSku())).ToArray();
        await Task.WhenAll(products.Select(product => Store.TryAddAsync(product, Ct)));

        var found = await Store.FindManyAsync([.. products.Select(product => product.Sku), .. products.Select(product => product.Sku), "none"], Ct);

        Assert.Equal(products.OrderBy(product => product.Sku, StringComparer.Ordinal), found.Values.OrderBy(product => product.Sku, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Skus_that_differ_only_in_case_or_punctuation_are_different_products()
    {
        var unique = Guid.NewGuid().ToString("N");
        string[] skus = [$"{unique}a", $"{unique}A", $"{unique}-a", $"{unique}.a", $"{unique}_a", $"{unique}...", $".{unique}", $"-{unique}"];
        foreach (var sku in skus)
        {
            Assert.True(await Store.TryAddAsync(TestProducts.Of(sku), Ct));
        }

        Assert.Equal(skus.Order(StringComparer.Ordinal), (await Store.FindManyAsync(skus, Ct)).Keys.Order(StringComparer.Ordinal));
        await Assert.AllAsync(skus, async sku => Assert.Equal(sku, (await Store.FindAsync(sku, Ct))?.Product.Sku));
    }

    [Fact]
    public async Task A_listing_returns_all_products_in_the_order_of_their_skus()
    {
        var unique = Guid.NewGuid().ToString("N");
        string[] skus = [.. Enumerable.Range(0, 11).Select(number => $"{unique}{(char)('A' + number)}{(char)('a' + number)}"), $"{unique}a", $"{unique}.", $"{unique}_", $"{unique}-"];
        await Task.WhenAll(skus.Select(sku => Store.TryAddAsync(TestProducts.Of(sku), Ct)));

        var listed = new List<string>();
        string? after = null;
        ProductPage page;
        do
        {
            page = await Store.ListAsync(after, 4, Ct);
            Assert.InRange(page.Products.Count, 1, 4);
            listed.AddRange(page.Products.Select(product => product.Sku));
            after = listed[^1];
        }
        while (page.HasMore);

        Assert.Equal(listed.Order(StringComparer.Ordinal), listed);
        Assert.Equal(skus.Order(StringComparer.Ordinal), listed.Where(sku => sku.StartsWith(unique, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_full_last_page_does_not_report_a_next_page()
    {
        await Store.TryAddAsync(TestProducts.Of("~~".Replace('~', 'z') + Guid.NewGuid().ToString("N")), Ct);
        var all = await Store.ListAsync(after: null, 1_000, Ct);
        var beforeLast = all.Products.Count > 1 ? all.Products[^2].Sku : null;

        var page = await Store.ListAsync(beforeLast, 1, Ct);

        Assert.Equal((all.Products[^1].Sku, false), (Assert.Single(page.Products).Sku, page.HasMore));
    }

    [Fact]
    public async Task The_largest_permitted_product_can_be_stored()
    {
        // JSON needs six characters for each of these characters, and Table Storage two bytes for each of them.
        var product = TestProducts.Of(TestProducts.NewSku()) with
        {
            Name = string.Concat(Enumerable.Repeat("\U0001F600", ProductRules.MaxNameLength / 2)),
            Description = string.Concat(Enumerable.Repeat("\U0001F600", ProductRules.MaxDescriptionLength / 2)),
            Price = ProductRules.MaxPrice,
        };

        Assert.True(await Store.TryAddAsync(product, Ct));

        Assert.Equal(product, (await Store.FindAsync(product.Sku, Ct))?.Product);
    }
}
