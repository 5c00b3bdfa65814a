namespace ServerlessScale.Edge.Health;

/// <summary>The results of an instance's last probes. Not thread-safe: probes of one instance follow each other.</summary>
internal sealed class ProbeSamples
{
    private readonly Queue<bool> _results = new();
    private int _failures;

    /// <summary>Whether enough of the last <paramref name="sampleSize"/> probes, this one included, have succeeded.</summary>
    public bool Add(bool succeeded, int sampleSize, int successfulSamplesRequired)
    {
        _results.Enqueue(succeeded);
        _failures += succeeded ? 0 : 1;
        while (_results.Count > sampleSize)
        {
            _failures -= _results.Dequeue() ? 0 : 1;
        }

        return sampleSize - _failures >= successfulSamplesRequired;
    }
}
