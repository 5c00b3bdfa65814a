namespace ServerlessScale.Shared.Cart;

/// <param name="Issued">The session that the client is to keep from now on; null when it keeps the one that it has.</param>
public sealed record ChangedCart(ShoppingCart Cart, SessionId? Issued);
