namespace ServerlessScale.Shared.Cart;

public enum CartStoreKind
{
    /// <summary>Azure Table Storage in the account of the other tables; needs no further settings.</summary>
    Tables,

    /// <summary>Redis, as the settings <c>Cart:Redis:*</c> say.</summary>
    Redis,
}
