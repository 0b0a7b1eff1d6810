// SPDX-License-Identifier: Apache-2.0
/** Everyday English for the voices to speak beside the keyword: without it a network learns that a synthetic voice is one. */
import type { Random } from '../train/random.ts';

/** `*` stands for a word or two. */
const FRAMES = `
i think the * is over there
can you bring me the * please
we talked about the * yesterday
* is what she wanted
there was a * on the table
the * came late again
do you remember the *
he took the * and went away
i wonder why the * is open
it was the best * of the year
please put the * back
they never had a * like this
so what about the * then
the first * is always hard
my brother has a * at home
you should see the * in the morning
* * and nothing else
let us try the * once more
not the * but the other one
who left the * in the car
`;
const SENTENCES = `
good morning everyone
what time is it now
the weather will be nice tomorrow
turn left at the next corner
i would like a cup of coffee
see you on monday
how much does it cost
the children are playing in the garden
she opened the window and looked outside
we will be there in about ten minutes
could you close the door
he went home early because it was raining
did you find your keys
the train leaves at seven
thank you very much
that sounds like a good idea
wait a minute please
where did you buy those shoes
dinner is almost ready
i have no idea what you mean
call me when you get back
the music is too loud
they moved to another city last summer
it takes a long time to learn
maybe we should ask someone else
never mind
yes of course
no i do not think so
all right then
are you coming with us
the meeting was moved to thursday
there is some bread in the kitchen
a bird sat on the roof of the house
he reads the newspaper every evening
the road was closed for three days
we had a wonderful time at the lake
do not forget your umbrella
my phone is somewhere in this room
the answer is on the last page
it is getting dark outside
`;
const WORDS = `
time year people way day man thing woman life child world school state family student group country problem hand part
place case week company system program question work government number night point home water room mother area money
story fact month lot right study book eye job word business issue side kind head house service friend father power hour
game line end member law car city community name president team minute idea kid body information back parent face
others level office door health person art war history party result change morning reason research girl guy moment air
teacher force education foot boy age policy music market sense nation plan college interest death experience effect use
class control field development role effort rate heart drug show leader light voice wife police mind price report
decision son view relationship town road arm difference value building action season society tax director position
player record paper space ground form event official matter center couple site project activity star table need court
oil situation cost industry figure street image phone data picture practice piece land product doctor wall patient
worker news test movie north love step yellow orange seven eleven again under window garden winter summer happy little
open close begin listen follow answer garlic pepper river mountain simple silver finger butter letter sister brother
tomorrow yesterday remember together another hundred thousand umbrella elephant banana potato tomato hospital holiday
`;

const lines = (text: string) => text.trim().split('\n');
const [frames, sentences, words] = [lines(FRAMES), lines(SENTENCES), WORDS.trim().split(/\s+/)];

/** A word or two, three at most, or a sentence. */
export function everyday(random: Random): string {
  if (random.unit() < 0.4) return pick(sentences, random);
  return Array.from({ length: 1 + random.below(3) }, () => pick(words, random)).join(' ');
}

/** One of the texts in a sentence. */
export function sentenceWith(texts: readonly string[], random: Random): string {
  return pick(frames, random).replaceAll('*', () => pick(texts, random));
}

export function pick<T>(items: readonly T[], random: Random): T {
  return items[random.below(items.length)] as T;
}
