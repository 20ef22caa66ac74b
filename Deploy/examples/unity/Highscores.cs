// Assets/Highscores.cs, for Unity 2020 or later: put it on a game object of any name, call StartRun(), Submit(score) and ReadBoard().
using System;
using System.Runtime.InteropServices;
using UnityEngine;

public class Highscores : MonoBehaviour
{
    [DllImport("__Internal")] static extern void HighscoresStartRun(string gameObject);
    [DllImport("__Internal")] static extern void HighscoresSubmit(string gameObject, int score);
    [DllImport("__Internal")] static extern void HighscoresBoard(string gameObject);

    [Serializable] public class Run { public string id; public string player; }
    [Serializable] public class Score { public string outcome; public int best; public int rank; }
    [Serializable] public class Entry { public int rank; public string name; public int score; public bool me; }
    [Serializable] public class Board { public Entry[] entries; }
    [Serializable] class Answer<T> { public T value; public string error; }

    public event Action<Run> Started;
    public event Action<Score> Scored;
    public event Action<Board> BoardRead;
    // A code, such as token_expired: the player has to press Play in the chat again.
    public event Action<string> Failed;

    // The server's clock starts here. Each round is a run of its own.
    public void StartRun() => HighscoresStartRun(gameObject.name);

    // A whole number from 0 to 2147483647.
    public void Submit(int score) => HighscoresSubmit(gameObject.name, score);

    public void ReadBoard() => HighscoresBoard(gameObject.name);

    // Called by Highscores.jslib.
    void OnRun(string json) => Tell(json, Started);
    void OnScore(string json) => Tell(json, Scored);
    void OnBoard(string json) => Tell(json, BoardRead);

    void Tell<T>(string json, Action<T> told)
    {
        var answer = JsonUtility.FromJson<Answer<T>>(json);
        if (string.IsNullOrEmpty(answer.error)) told?.Invoke(answer.value);
        else Failed?.Invoke(answer.error);
    }
}
