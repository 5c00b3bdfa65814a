using ServerlessScale.Shared.Images;
using ServerlessScale.Shared.Images.Processing;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class ImageJobMessageTests
{
    [Fact]
    public void An_image_job_message_survives_serialization()
    {
        var sent = new ImageJobMessage(ImageId.New().Value, new DateTimeOffset(2026, 11, 5, 12, 0, 0, 123, TimeSpan.Zero));

        Assert.True(ImageJobMessage.TryParse(sent.ToJson(), out var id, out var received));
        Assert.Equal(sent, received);
        Assert.Equal(sent.ImageId, id.Value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("not json")]
    [InlineData("""{"imageId":"../secrets","enqueuedAt":"2026-11-05T12:00:00Z"}""")]
    [InlineData("""{"imageId":"0123456789abcdefghjkmnpqrs","enqueuedAt":"yesterday"}""")]
    [InlineData("""{"enqueuedAt":"2026-11-05T12:00:00Z"}""")]
    public void An_invalid_image_job_message_is_rejected(string text) => Assert.False(ImageJobMessage.TryParse(text, out _, out _));
}
