using FsCheck;
using FsCheck.Fluent;
using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>
/// Tests the probe and the engines with randomly damaged files. They must either accept a file or reject it with a reason.
/// </summary>
public sealed class ImageFuzzTests
{
    private static readonly byte[][] Files = [.. TestPictures.OfEveryKind(24, 16).Values];

    public static TheoryData<string> AllEngines => Engines.All;

    private static readonly ImageOptions Options = new() { Widths = [16, 8], MaxPixels = 1_000_000 };

    [Fact]
    public void Probing_a_damaged_file_never_fails_unexpectedly() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(5000), Prop.ForAll<Mutation>(ProbeOrReject));

    [Theory]
    [MemberData(nameof(AllEngines))]
    public void Rendering_a_damaged_file_never_fails_unexpectedly(string engine) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(2000), Prop.ForAll<Mutation>(mutation => RenderOrRejectAsync(engine, mutation)));

    private static void ProbeOrReject(Mutation mutation)
    {
        var file = mutation.Apply(Files);
        try
        {
            var header = ImageProbe.Read(new MemoryStream(file), Options).Header;

            Assert.InRange(header.Pixels, 1, Options.MaxPixels);
            Assert.InRange(header.Frames, 1, Options.MaxFrames);
            Assert.InRange(header.Orientation, 1, 8);
        }
        catch (ImageRejectedException rejected)
        {
            Assert.StartsWith("image-", rejected.Code, StringComparison.Ordinal);
        }
    }

    private static async Task RenderOrRejectAsync(string engine, Mutation mutation)
    {
        try
        {
            var variants = await Engines.RenderAsync(engine, mutation.Apply(Files), Options);

            Assert.NotEmpty(variants);
        }
        catch (ImageRejectedException rejected)
        {
            Assert.StartsWith("image-", rejected.Code, StringComparison.Ordinal);
        }
    }

    /// <summary>
    /// Changes some bytes of a valid file, mostly near the beginning, where the headers are. Also truncates one file in four.
    /// </summary>
    public sealed record Mutation(NonNegativeInt File, Tuple<NonNegativeInt, byte>[] Edits, NonNegativeInt Cut)
    {
        public byte[] Apply(byte[][] files)
        {
            var file = files[File.Get % files.Length].ToArray();
            foreach (var (position, value) in Edits)
            {
                file[(position.Get * 31) % file.Length] = value;
            }

            return Cut.Get % 4 == 0 ? file[..(Cut.Get * 97 % file.Length)] : file;
        }
    }
}
