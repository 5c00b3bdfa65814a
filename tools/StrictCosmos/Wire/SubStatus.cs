namespace ServerlessScale.StrictCosmos.Wire;

/// <summary>Values of <c>x-ms-substatus</c>, which tell failures of one HTTP status apart.</summary>
internal static class SubStatus
{
    /// <summary>With 403: the region does not take writes.</summary>
    public const int WriteForbidden = 3;

    /// <summary>With 400: the document's partition key is not the one in the request's header.</summary>
    public const int PartitionKeyMismatch = 1001;

    /// <summary>With 404: no replica here is as new as the session token asks.</summary>
    public const int ReadSessionNotAvailable = 1002;

    /// <summary>With 404: the database or the container is missing, not the item.</summary>
    public const int OwnerResourceNotFound = 1003;

    /// <summary>With 429: the physical partition's RU/s are used up.</summary>
    public const int RequestRateTooLarge = 3200;
}
