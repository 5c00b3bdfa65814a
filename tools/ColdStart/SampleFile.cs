using System.Globalization;
using System.Text;

namespace ServerlessScale.ColdStart;

/// <summary>Every run, for those who want to look closer.</summary>
internal static class SampleFile
{
    /// <returns>CSV (RFC 4180) with a header; times in milliseconds.</returns>
    public static string Csv(IEnumerable<Sample> samples)
    {
        var csv = new StringBuilder("round,app,readyToRun,loadingMs,firstAnswerMs,totalMs,processorMs\r\n");
        foreach (var (round, subject, times) in samples)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{round},{subject.App},{(subject.ReadyToRun ? "true" : "false")},{times.Loading.TotalMilliseconds:0.0},{times.FirstAnswer.TotalMilliseconds:0.0},{times.Total.TotalMilliseconds:0.0},{times.Processor.TotalMilliseconds:0}\r\n");
        }

        return csv.ToString();
    }
}
