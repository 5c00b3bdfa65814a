namespace ServerlessScale.StrictCosmos.Storage;

/// <param name="InWriteRegion">Whether the region that was asked has the primary.</param>
/// <param name="SessionLsn">The commit that the answer must include, from the request's session token.</param>
internal readonly record struct ReadNeed(bool InWriteRegion, long? SessionLsn);
