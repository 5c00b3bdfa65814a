using System.CommandLine;
using System.Globalization;
using Spectre.Console;

namespace ServerlessScale.Bench.Uploads;

internal static class UploadsCommand
{
    public static Command Create()
    {
        var photo = new Option<FileInfo?>("--photo")
        {
            Description = "The photograph to upload, re-encoded to about 3 MB. [default: the largest of Debian's mate-backgrounds]",
            HelpName = "FILE",
        };
        var uploads = new Option<int>("--uploads")
        {
            Description = "Timed uploads, one after the other.",
            HelpName = "N",
            DefaultValueFactory = _ => 30,
        };
        uploads.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 10_000)
            {
                result.AddError("--uploads must be from 1 to 10000.");
            }
        });
        var polling = new Option<int?>("--polling")
        {
            Description = "host.json's maxPollingInterval in milliseconds, instead of what is in the file.",
            HelpName = "MS",
        };
        polling.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int?>() is < 100 or > 60_000)
            {
                result.AddError("--polling must be from 100 to 60000, as the trigger demands.");
            }
        });
        var root = new Command("uploads", "Times images from upload to ready, phase by phase, and states the worker's peak memory, then and after a burst of large ones.")
        {
            photo, uploads, polling,
        };
        root.SetAction(async (parsed, cancellationToken) =>
        {
            // Wider than any line here: a redirected console has 80 columns, and a table that wraps cannot be pasted.
            AnsiConsole.Console.Profile.Width = 160;
            var photograph = Photograph.Make(parsed.GetValue(photo)?.FullName);
            AnsiConsole.Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"Photograph: {photograph.Width} x {photograph.Height}, {photograph.Content.Length / 1e6:0.00} MB, JPEG quality {photograph.Quality}."));
            await using var bench = await UploadBench.StartAsync(parsed.GetValue(polling), cancellationToken);
            var latencies = await bench.TimeUploadsAsync(photograph.Content, parsed.GetValue(uploads), cancellationToken);
            Report.Write(AnsiConsole.Console, latencies);
            AnsiConsole.Console.WriteLine($"Worker's peak resident memory over these uploads: {bench.PeakMegabytes():0} MB");
            var burst = Photograph.Wallpapers();
            if (burst.Count > 0)
            {
                await bench.UploadAtOnceAsync(burst, cancellationToken);
                AnsiConsole.Console.WriteLine(
                    $"Worker's peak resident memory after {burst.Count} wallpapers at once, up to 18 megapixels and 16 MB: {bench.PeakMegabytes():0} MB");
            }
        });
        return root;
    }
}
