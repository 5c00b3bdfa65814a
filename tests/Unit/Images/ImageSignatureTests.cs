using System.Text;
using ServerlessScale.Shared.Images.Probing;

namespace ServerlessScale.Tests.Unit.Images;

public sealed class ImageSignatureTests
{
    [Fact]
    public void Each_image_format_is_detected_from_its_first_bytes()
    {
        foreach (var (name, file) in TestPictures.OfEveryKind(16, 16))
        {
            var contentType = ImageSignature.Sniff(file.AsSpan(0, ImageSignature.Length));

            Assert.Equal($"image/{name.Split(' ')[^1]}", contentType);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("RIFF")]
    [InlineData("This is a text file that was named photo.jpg.")]
    [InlineData("<svg xmlns=\"http://www.w3.org/2000/svg\"/>")]
    [InlineData("RIFF\0\0\0\0WAVEfmt ")]
    public void Content_without_an_image_signature_is_not_detected(string content) =>
        Assert.Null(ImageSignature.Sniff(Encoding.UTF8.GetBytes(content)));
}
