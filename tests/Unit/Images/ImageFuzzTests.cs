using ServerlessScale.Bench.Images.Fuzz;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests the probe and the engines with hostile and damaged files, of which they must either make variants or refuse them with a code. The
/// command <c>images-fuzz</c> of the benchmarks does the same with more files, in processes of its own.
/// </summary>
public sealed class ImageFuzzTests
{
    private const int Seed = 1;

    private static readonly ImageOptions Limits = new();

    [Fact]
    public async Task Damaged_files_are_rendered_or_refused()
    {
        for (var number = 0; number < 1_000; number++)
        {
            var (name, file) = Mutator.Create(Seed, number);

            AssertExpected($"damaged file {number} ({name})", await FuzzWorker.HandleAsync(file, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public async Task Hostile_files_are_rendered_or_refused()
    {
        Assert.InRange(HostileFile.All.Count, 200, int.MaxValue);
        foreach (var hostile in HostileFile.All)
        {
            // Leaves out the small files that decode to millions of pixels, because each takes seconds. The command images-fuzz tests them.
            if (!hostile.Name.Contains("megapixels", StringComparison.Ordinal) && !hostile.Name.Contains(" MB", StringComparison.Ordinal))
            {
                AssertExpected(hostile.Name, await FuzzWorker.HandleAsync(hostile.Create(), TestContext.Current.CancellationToken));
            }
        }
    }

    [Fact]
    public async Task Sound_files_of_the_mutator_are_ready()
    {
        foreach (var (name, file) in GoodFiles.All)
        {
            var outcome = await FuzzWorker.HandleAsync(file, TestContext.Current.CancellationToken);

            Assert.True(outcome.Engines.Values.Prepend(outcome.Probe).All(result => result == FuzzWorker.Ready), $"{name}: {outcome.Probe} {string.Join(", ", outcome.Engines)}");
        }
    }

    [Fact]
    public void The_header_of_a_damaged_file_is_within_the_limits()
    {
        for (var number = 0; number < 5_000; number++)
        {
            try
            {
                var header = ImageProbe.Read(new MemoryStream(Mutator.Create(Seed, number).File), Limits).Header;

                Assert.InRange(header.Pixels, 1, Limits.MaxPixels);
                Assert.InRange(header.Frames, 1, Limits.MaxFrames);
                Assert.InRange(header.Orientation, 1, 8);
            }
            catch (ImageRejectedException rejected)
            {
                Assert.StartsWith("image-", rejected.Code, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_seed_always_gives_the_same_damaged_files() =>
        Assert.All(Enumerable.Range(0, 50), number => Assert.Equal(Mutator.Create(Seed, number).File, Mutator.Create(Seed, number).File));

    private static void AssertExpected(string name, FuzzOutcome outcome) =>
        Assert.All(
            outcome.Engines.Values.Prepend(outcome.Probe),
            result => Assert.True(result == FuzzWorker.Ready || result.StartsWith("image-", StringComparison.Ordinal), $"{name}: {result}"));
}
