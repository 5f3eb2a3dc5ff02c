/** Something a person has to put right before set-up can go on: what is wrong, and the remedy to type. */
export class SetupFailure extends Error {
  /** @param {string} message @param {string} remedy */
  constructor(message, remedy) {
    super(message);
    this.name = 'SetupFailure';
    this.remedy = remedy;
  }
}
