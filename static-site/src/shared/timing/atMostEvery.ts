/** Runs `act` at once, then no more often than every `milliseconds`; a call in between is made up for at the end. */
export function atMostEvery(milliseconds: number, act: () => void): () => void {
  let resting = false;
  let owed = false;
  const run = (): void => {
    resting = true;
    owed = false;
    act();
    setTimeout(() => {
      resting = false;
      if (owed) run();
    }, milliseconds);
  };
  return () => {
    if (resting) owed = true;
    else run();
  };
}
