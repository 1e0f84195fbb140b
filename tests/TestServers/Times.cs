namespace CnpgRestore.TestServers;

/// <summary>Which of the requests that a rule is about meet its fault; they are counted from 1.</summary>
public static class Times
{
    public static bool Always(int number) => number > 0;

    public static Func<int, bool> First(int count) => number => number <= count;

    public static Func<int, bool> Only(int wanted) => number => number == wanted;

    public static Func<int, bool> From(int first) => number => number >= first;

    public static Func<int, bool> Every(int period) => number => number % period == 0;
}
