using ServerlessScale.Shared.Orders;

namespace ServerlessScale.Shared.Cart;

/// <param name="Issued">The session of the client's next cart; null when it has that already.</param>
public sealed record CheckedOutCart(WrittenOrder Order, SessionId? Issued);
