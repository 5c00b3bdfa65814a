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
    public async Task Images_that_fit_together_are_rendered_together()
    {
        using var first = await _budget.ReserveAsync(60, Ct);
        using var second = await _budget.ReserveAsync(40, Ct);
    }

    [Fact]
    public async Task The_largest_image_waits_until_it_is_alone_and_is_not_overtaken()
    {
        var small = await _budget.ReserveAsync(1, Ct);
        var largest = _budget.ReserveAsync(100, Ct);
        var later = _budget.ReserveAsync(1, Ct);

        Assert.False(largest.IsCompleted);
        Assert.False(later.IsCompleted);
        small.Dispose();
        (await largest).Dispose();
        (await later).Dispose();
    }

    [Fact]
    public async Task A_job_that_is_cancelled_while_it_waits_takes_no_room()
    {
        var all = await _budget.ReserveAsync(100, Ct);
        using var cancelled = new CancellationTokenSource();
        var waiting = _budget.ReserveAsync(100, cancelled.Token);

        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        all.Dispose();

        using var again = await _budget.ReserveAsync(100, Ct);
    }
}
