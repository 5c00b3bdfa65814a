using ServerlessScale.Shared.Images;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class ImageIdTests
{
    [Fact]
    public void New_image_ids_are_unique_and_can_be_parsed()
    {
        var ids = Enumerable.Range(0, 1000).Select(_ => ImageId.New()).ToHashSet();

        Assert.Equal(1000, ids.Count);
        Assert.All(ids, id => Assert.True(ImageId.TryParse(id.Value, out var parsed) && parsed == id));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("0123456789abcdefghjkmnpqr")]
    [InlineData("0123456789abcdefghjkmnpqrs0")]
    [InlineData("0123456789ABCDEFGHJKMNPQRS")]
    [InlineData("0123456789abcdefghijklmnop")]
    [InlineData("../../../../../../../../..")]
    [InlineData("..%2F..%2F..%2F..%2F..%2F.")]
    [InlineData("0123456789abcdefghjkmnpqr/")]
    [InlineData("0123456789abcdefghjkmnpqr ")]
    [InlineData("٠١٢٣٤٥٦٧٨٩abcdefghjkmnpqrs")]
    public void A_malformed_image_id_is_rejected(string? text) => Assert.False(ImageId.TryParse(text, out _));

    [Fact]
    public void The_problem_for_an_invalid_image_id_describes_valid_ids()
    {
        var problem = ImageProblems.ImageNotFound("..");

        Assert.Equal((404, "image-not-found"), (problem.Status, problem.Code));
        Assert.Contains("26 characters", problem.Detail, StringComparison.Ordinal);
    }
}
