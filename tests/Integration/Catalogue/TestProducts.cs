using ServerlessScale.Shared.Catalogue;

namespace ServerlessScale.Tests.Integration.Catalogue;

/// <summary>Creates products for tests.</summary>
internal static class TestProducts
{
    public static Product Of(string sku, long price = 1250) => new()
    {
        Sku = sku,
        Name = "Mug",
        Description = "A blue mug.",
        Price = price,
        Currency = "EUR",
        Active = true,
        UpdatedAt = new(2026, 11, 25, 12, 0, 0, 1, TimeSpan.Zero),
        ChangeId = Guid.NewGuid(),
    };

    public static string NewSku() => "sku-" + Guid.NewGuid().ToString("N");
}
