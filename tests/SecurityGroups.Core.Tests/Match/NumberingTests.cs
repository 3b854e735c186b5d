using SecurityGroups.Match;

namespace SecurityGroups.Tests.Match;

public sealed class NumberingTests
{
    [Fact]
    public void With_NewNames_CountsFromZero()
    {
        Numbering numbering = Numbering.Empty.With("a", out int a).With("b", out int b).With("a", out int again);
        Assert.Equal((0, 1, 0), (a, b, again));
        Assert.Equal((0, 1), (numbering["a"], numbering["b"]));
        Assert.True(numbering.TryGet("b", out int found));
        Assert.Equal(1, found);
        Assert.False(numbering.TryGet("c", out _));
    }

    [Fact]
    public void With_KnownName_IsTheSameObject()
    {
        Numbering numbering = Numbering.Empty.With("a", out _);
        Assert.Same(numbering, numbering.With("a", out _));
    }

    [Fact]
    public void Without_Name_FreesItsNumberForTheNext()
    {
        Numbering before = Numbering.Empty.With("a", out _).With("b", out _).With("c", out _);
        Numbering after = before.Without("b").With("d", out int reused).With("e", out int next);
        Assert.Equal((1, 3), (reused, next));
        Assert.Equal((0, 1, 2, 3), (after["a"], after["d"], after["c"], after["e"]));
        Assert.False(after.TryGet("b", out _));
        Assert.Equal(1, before["b"]);
    }

    [Fact]
    public void Without_UnknownName_IsTheSameObject()
    {
        Numbering numbering = Numbering.Empty.With("a", out _);
        Assert.Same(numbering, numbering.Without("b"));
    }
}
