namespace ServerlessScale.Local;

/// <summary>Where carts are kept.</summary>
public enum SessionStore
{
    /// <summary>In Azurite's tables.</summary>
    Tables,

    /// <summary>In a Redis that is started for the cloud, and forgets them at its end.</summary>
    Redis,
}
