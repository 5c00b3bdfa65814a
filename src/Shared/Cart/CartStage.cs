namespace ServerlessScale.Shared.Cart;

public enum CartStage
{
    /// <summary>Lines come and go.</summary>
    Open,

    /// <summary>Its lines are frozen and are being ordered; whoever sees it finishes that.</summary>
    CheckingOut,

    /// <summary>It has become an order, and is kept for checkouts that are sent again.</summary>
    CheckedOut,
}
