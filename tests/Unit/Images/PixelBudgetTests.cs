using Microsoft.Extensions.Options;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Rendering;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class PixelBudgetTests : IDisposable
{
    private readonly PixelBudget _budget = new(Options.Create(new ImageOptions { MaxPixels = 100 }));

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _budget.Dispose();

    [Fact]
    public async Task Images_within_the_pixel_budget_do_not_wait()
    {
        var first = _budget.ReserveAsync(60, Ct);
        var second = _budget.ReserveAsync(40, Ct);
        var third = _budget.ReserveAsync(1, Ct);

        Assert.True(first.IsCompletedSuccessfully);
        Assert.True(second.IsCompletedSuccessfully);
        Assert.False(third.IsCompleted);
        (await first).Dispose();
        (await third).Dispose();
        (await second).Dispose();
    }

    [Fact]
    public async Task Later_images_do_not_overtake_a_waiting_image()
    {
        var small = await _budget.ReserveAsync(1, Ct);
        var largest = _budget.ReserveAsync(100, Ct);
        var later = _budget.ReserveAsync(1, Ct);

        Assert.False(largest.IsCompleted);
        Assert.False(later.IsCompleted);

        small.Dispose();
        var all = await largest;
        Assert.False(later.IsCompleted);

        all.Dispose();
        (await later).Dispose();
    }

    [Fact]
    public async Task A_cancelled_wait_does_not_reserve_pixels()
    {
        var all = await _budget.ReserveAsync(100, Ct);
        using var cancelled = new CancellationTokenSource();
        var waiting = _budget.ReserveAsync(100, cancelled.Token);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        all.Dispose();

        var again = _budget.ReserveAsync(100, Ct);
        Assert.True(again.IsCompletedSuccessfully);
        (await again).Dispose();
    }
}
