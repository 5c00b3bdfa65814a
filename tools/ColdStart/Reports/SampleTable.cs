using System.Globalization;
using System.Text;
using ServerlessScale.ColdStart.Measuring;

namespace ServerlessScale.ColdStart.Reports;

/// <summary>Writes each start as a line of CSV for analysis with other programs.</summary>
internal static class SampleTable
{
    /// <returns>CSV (RFC 4180) with a header. Times are in milliseconds.</returns>
    public static string Csv(RunFile run)
    {
        var subjects = run.Subjects.ToDictionary(subject => subject.Name);
        var csv = new StringBuilder(
            "round,app,variant,streamOpenMs,initializedMs,indexedMs,loadedMs,firstAnswerMs,totalMs,processorMs,workingSetBytes,methodsJitted,assemblies,allocatedBytes\r\n");
        foreach (var (round, name, times, counts) in run.Samples)
        {
            csv.Append(
                CultureInfo.InvariantCulture,
                $"{round},{subjects[name].App},{subjects[name].Variant},{times.StreamOpen:0.0},{times.Initialized:0.0},{times.Indexed:0.0},{times.Loaded:0.0},{times.FirstResponse:0.0},{times.Total:0.0},{times.Processor:0},{counts.WorkingSetBytes},{counts.MethodsJitted},{counts.Assemblies},{counts.AllocatedBytes}\r\n");
        }

        return csv.ToString();
    }
}
