using System.Text;
using ServerlessScale.Bench.Images.Files;
using SixLabors.ImageSharp;
using SixLabors.ImageSharp.Metadata.Profiles.Exif;
using SixLabors.ImageSharp.Metadata.Profiles.Iptc;
using SixLabors.ImageSharp.Metadata.Profiles.Xmp;

namespace ServerlessScale.Tests.Unit.Images;

/// <summary>Adds personal metadata to images, similar to the metadata that cameras and image editors write.</summary>
internal static class Metadata
{
    public static ExifProfile ExifWithGps(ushort orientation)
    {
        var exif = new ExifProfile();
        exif.SetValue(ExifTag.Orientation, orientation);
        exif.SetValue(ExifTag.Artist, "Jane Photographer");
        exif.SetValue(ExifTag.GPSLatitudeRef, "N");
        exif.SetValue(ExifTag.GPSLatitude, [new Rational(52), new Rational(31), new Rational(12)]);
        exif.SetValue(ExifTag.GPSLongitude, [new Rational(13), new Rational(24), new Rational(18)]);
        return exif;
    }

    public static void AddAll(Image image)
    {
        image.Metadata.ExifProfile = ExifWithGps(orientation: 1);
        image.Metadata.IccProfile = new(HandMadeIccProfile.DisplayP3);
        image.Metadata.IptcProfile = new IptcProfile();
        image.Metadata.IptcProfile.SetValue(IptcTag.Byline, "Jane Photographer");
        image.Metadata.XmpProfile = new XmpProfile(Encoding.UTF8.GetBytes("""<x:xmpmeta xmlns:x="adobe:ns:meta/">Jane Photographer</x:xmpmeta>"""));
    }
}
