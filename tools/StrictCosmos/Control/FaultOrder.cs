using ServerlessScale.StrictCosmos.Faults;

namespace ServerlessScale.StrictCosmos.Control;

/// <summary>A <see cref="Fault"/> in JSON, where what is left out keeps the fault's default.</summary>
internal sealed record FaultOrder(
    FaultKind? Kind, FaultMoment? Moment, CosmosOperations? On, double? Rate, int? Count, double? RetryAfterMilliseconds)
{
    /// <exception cref="ArgumentException">When no kind is given.</exception>
    /// <exception cref="OverflowException">When the wait is too long.</exception>
    public Fault ToFault()
    {
        var fault = new Fault { Kind = Kind ?? throw new ArgumentException("A fault has a kind."), Count = Count };
        return fault with
        {
            Moment = Moment ?? fault.Moment,
            On = On ?? fault.On,
            Rate = Rate ?? fault.Rate,
            RetryAfter = RetryAfterMilliseconds is { } wait ? TimeSpan.FromMilliseconds(wait) : fault.RetryAfter,
        };
    }
}
