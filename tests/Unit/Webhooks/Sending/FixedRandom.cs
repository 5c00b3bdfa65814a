namespace ServerlessScale.Tests.Unit.Webhooks.Sending;

/// <summary>Draws the same number between 0 and 1 every time.</summary>
internal sealed class FixedRandom(double value) : Random
{
    public override double NextDouble() => value;
}
